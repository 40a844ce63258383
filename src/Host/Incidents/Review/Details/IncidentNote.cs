namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>A comment as it is shown.</summary>
/// <param name="Id">Its id.</param>
/// <param name="By">Who wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Length">How many characters it has.</param>
/// <param name="Text">The words, which may quote; null while the incident is masked.</param>
internal sealed record IncidentNote(Guid Id, string By, DateTimeOffset At, int Length, string? Text)
{
    /// <summary>What is shown of a comment.</summary>
    public static IncidentNote Of(IncidentComment comment, bool reveal) =>
        new(comment.Id, comment.By, comment.At, comment.Text.Length, reveal ? comment.Text : null);
}
