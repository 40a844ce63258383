using Unlearning.Host.Incidents.Feedback;

namespace Unlearning.Host.Api.Management.Feedback;

/// <summary>What became of a feedback.</summary>
/// <param name="Id">The id that it counts under.</param>
/// <param name="Outcome">known, noted, filed or unmatched.</param>
/// <param name="Policies">The policies that speak of it, the gravest first.</param>
public sealed record FeedbackAnswer(string Id, FeedbackOutcome Outcome, IReadOnlyList<string> Policies);
