namespace Unlearning.Host.Experiments.Recipes;

/// <summary>Where harmful prompts come from.</summary>
/// <param name="Source"><see cref="Bundled"/>, <see cref="PkuSafeRlhf"/>, or the full path of a file of JSON lines.</param>
/// <param name="Count">How many are taken at most.</param>
internal sealed record PromptSource(string Source, int Count)
{
    /// <summary>The prompts that ship with the program.</summary>
    public const string Bundled = "bundled";

    /// <summary>PKU-SafeRLHF, read from the folder of data sets.</summary>
    public const string PkuSafeRlhf = "pku_saferlhf";
}
