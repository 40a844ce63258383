using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the policies in force have errors.</summary>
internal sealed class PoliciesCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "policies";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(installation.Folders.Policies))
        {
            return Task.FromResult(Finding.Problem(
                $"There is no folder '{installation.Folders.Policies}'.", $"Set {PolicyOptions.SectionName}:{nameof(PolicyOptions.Directory)} to where the policies are."));
        }

        LintReport report = LintReport.Of(PolicyFiles.Read([installation.Folders.Policies], () => installation.Folders.Policies));
        return Task.FromResult(
            report.Errors.Count > 0 ? Finding.Problem($"{Amount.Of(report.Errors.Count, "error")}, the first: {report.Errors[0]}", "'policy lint' tells them all.")
            : report.Warnings.Count > 0 ? Finding.Warning($"{Amount.Of(report.Warnings.Count, "warning")}, the first: {report.Warnings[0]}", "'policy lint' tells them all.")
            : Finding.Ok($"{installation.Folders.Policies}: {Amount.Of(report.Files, "file")} without errors."));
    }
}
