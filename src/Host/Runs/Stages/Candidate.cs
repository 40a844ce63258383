using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Runs.Stages;

/// <summary>The release a run made.</summary>
/// <param name="ReleaseId">Its id.</param>
/// <param name="Verdict">"pass", "fail" or "inconclusive".</param>
/// <param name="Gates">What each gate said.</param>
internal sealed record Candidate(string ReleaseId, string Verdict, IReadOnlyList<GateLine> Gates)
{
    public bool Passed => Verdict == "pass";

    /// <summary>What the gates that did not pass said.</summary>
    public string Objections => string.Join(" ", Gates.Where(gate => gate.Verdict != "pass").Select(gate => gate.Sentence));
}
