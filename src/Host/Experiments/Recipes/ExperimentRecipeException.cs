using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Experiments.Recipes;

/// <summary>An experiment file is wrong; the message has a line for everything that is, with its place and what to do.</summary>
internal sealed class ExperimentRecipeException(IReadOnlyList<PolicyError> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>What is wrong, in the file's order.</summary>
    public IReadOnlyList<string> Errors { get; } = [.. errors.Select(error => error.ToString())];
}
