namespace Unlearning.Host.Cli.Terminal;

/// <summary>Prints a verb's result: as JSON where that was asked for, else as the text that is written here.</summary>
/// <param name="result">The result, for programs.</param>
/// <param name="text">Writes it for people.</param>
internal delegate void Say(object result, Action<TextWriter> text);
