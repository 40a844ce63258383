namespace Unlearning.Plugin.Feedback;

/// <summary>What became of a feedback here; the Host may know more of its answer.</summary>
/// <param name="Id">The id that it counts under; null when nothing was sent, for neither the answer's id nor any policy tells what it is about.</param>
/// <param name="Policies">The policies that it was filed under for a reviewer, the gravest first.</param>
public sealed record FeedbackReceipt(string? Id, IReadOnlyList<string> Policies);
