using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>What <c>policy lint</c> found.</summary>
/// <param name="Files">How many files were read.</param>
/// <param name="Errors">What keeps the files from taking effect.</param>
/// <param name="Warnings">What is allowed but hardly meant.</param>
internal sealed record LintReport(int Files, IReadOnlyList<PolicyError> Errors, IReadOnlyList<PolicyError> Warnings)
{
    /// <summary>Judges files that were read.</summary>
    public static LintReport Of(PolicyFiles files) => new(
        files.Files.Count,
        files.Errors,
        [
            .. files.Oddities,
            .. files.Files.Where(file => file.Loaded.Policy is not null)
                .SelectMany(file => PolicyWarnings.Of(file.Loaded).OrderBy(warning => warning.Line).ThenBy(warning => warning.Column)),
            .. TwinPolicies.Find([.. files.Files.Where(file => file.Loaded.Policy is not null)]),
        ]);
}
