namespace Unlearning.Host.Privacy;

/// <summary>What an erasure did, or would do.</summary>
/// <param name="Subject">The subject's hash.</param>
/// <param name="Dry">Whether nothing was changed.</param>
/// <param name="Incidents">Incidents deleted: nobody else was seen in them.</param>
/// <param name="Texts">Incidents that others were seen in, too, and that lost the subject's text.</param>
/// <param name="Occurrences">Occurrences deleted, those of deleted incidents included.</param>
/// <param name="Runs">Runs that were trained on what is erased, which cannot be reproduced any more.</param>
/// <param name="RunSets">Runs under way whose sets were deleted; resumed, they begin again without the subject.</param>
/// <param name="Cleaned">Whether the database file and its log were cleaned of what is deleted.</param>
/// <param name="Comments">Comments deleted: all of incidents that the subject was seen in, as any may quote.</param>
public sealed record ErasureReport(
    string Subject, bool Dry, int Incidents, int Texts, int Occurrences, IReadOnlyList<string> Runs, IReadOnlyList<string> RunSets, bool Cleaned,
    int Comments);
