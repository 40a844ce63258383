using Unlearning.Host.Releases;
using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Tells which base model gave an answer: by the SHA-256 of its weights where that is known, otherwise as <c>model:</c> and its name, which
/// no run ever selects.
/// </summary>
public sealed class BaseModelIdentity(IBaseModel baseModel, ReleaseStore releases)
{
    /// <summary>What stands before the name of a model whose weights are not known.</summary>
    public const string NamePrefix = "model:";

    /// <summary>Finds an answer's base model.</summary>
    /// <param name="report">The report.</param>
    /// <param name="fromElsewhere">
    /// Whether it comes from another process. Such a report that names neither release nor model may be about any model.
    /// </param>
    /// <param name="cancellationToken">Cancels the hashing of this Host's weights.</param>
    public async ValueTask<string> OfAsync(IncidentReport report, bool fromElsewhere, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        string own = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);
        if (report.BaseModel is { Length: > 0 } said)
        {
            return said == baseModel.Name || said.Equals(own, StringComparison.OrdinalIgnoreCase) ? own
                : said.Length == 64 && said.All(char.IsAsciiHexDigit) ? said.ToLowerInvariant()
                : NamePrefix + said;
        }

        if (report.Interaction.ReleaseId is { } release && releases.FindManifest(release) is { } manifest)
        {
            return manifest.BaseModelHash;
        }

        // In this process only the slot says "base"; elsewhere anyone may, and the model's name decides.
        if (!fromElsewhere && report.Interaction.ReleaseId == Release.BaseId)
        {
            return own;
        }

        return report.Interaction.ModelId is { } model
            ? model == baseModel.Name ? own : NamePrefix + model
            : !fromElsewhere || report.Interaction.ReleaseId == Release.BaseId ? own : NamePrefix + "unknown";
    }
}
