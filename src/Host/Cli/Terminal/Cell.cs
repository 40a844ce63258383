using Spectre.Console;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>A cell of a table on the screen.</summary>
/// <param name="Text">What it says; control characters are shown as spaces.</param>
/// <param name="Color">Its colour on a terminal; null for the usual one.</param>
internal readonly record struct Cell(string Text, Color? Color = null);
