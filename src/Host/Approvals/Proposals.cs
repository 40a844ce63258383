using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;
using Unlearning.Host.Releases;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Approvals;

/// <summary>Computes proposals from what is on the disk, in the configuration and in force, and from nothing that was remembered.</summary>
public sealed class Proposals(ReleaseStore releases, IConfiguration configuration, IPolicySource? policies = null)
{
    // One line without spaces, in the order of the members: the same decision gives the same bytes.
    private static readonly JsonSerializerOptions _canonical = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The proposal of a release as things are now.</summary>
    /// <exception cref="ReleaseException">The release is missing, or is not what it was.</exception>
    /// <exception cref="InvalidOperationException">The gates are not well configured.</exception>
    public Proposal Of(string releaseId)
    {
        Release release = releases.Verify(releaseId);
        EvaluationReport report = EvaluationReport.FromJson(File.ReadAllText(Path.Combine(release.Folder, "report.json")));
        IReadOnlyList<GateRule> gates = GateConfiguration.Collect(configuration, policies?.Current ?? PolicySet.Empty);
        GateDecision decision = GateJudge.Judge(report, gates);
        var judged = new
        {
            decision,
            gates = gates.Select(gate => new { gate.Name, gate.Metric, Hazard = gate.Hazard?.Name, gate.Kind, gate.Threshold, gate.Bound, gate.MinimumSample }),
        };
#pragma warning disable CA1308 // A word in files and screens.
        return new Proposal(
            releaseId,
            decision.Verdict.ToString().ToLowerInvariant(),
            string.Join(" ", decision.Gates.Where(gate => gate.Verdict != Verdict.Pass).Select(gate => gate.Sentence)),
            Proposal.HashOf(
                release.ContentHash, JsonSerializer.Serialize(judged, _canonical), policies?.Current.Revision ?? PolicySet.Empty.Revision));
#pragma warning restore CA1308
    }
}
