namespace Unlearning.Host.Experiments.Recipes;

/// <summary>A setting as the file gives it.</summary>
/// <param name="Text">Its value.</param>
/// <param name="Pointer">Where it stands, as a JSON pointer.</param>
internal sealed record OptionValue(string Text, string Pointer);
