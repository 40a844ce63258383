using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Transport.Wire;

/// <summary>An incident on its way to a Host: what the Host keeps of a report, and no more of what people said.</summary>
internal sealed record IncidentRecord
{
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Prompt { get; init; }

    public required string Answer { get; init; }

    public string? ReleaseId { get; init; }

    public string? ModelId { get; init; }

    public string? BaseModel { get; init; }

    public string? ResponseId { get; init; }

    public string? Function { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public bool Streaming { get; init; }

    public bool Complete { get; init; }

    public bool Refused { get; init; }

    public required string PolicyRevision { get; init; }

    public required IReadOnlyList<MatchRecord> Matches { get; init; }

    public FeedbackRecord? Feedback { get; init; }

    public static IncidentRecord Of(IncidentReport report, string? baseModel)
    {
        Interaction interaction = report.Interaction;
        return new IncidentRecord
        {
            Id = interaction.Id,
            At = interaction.At,
            Prompt = interaction.Prompt,
            Answer = interaction.Answer,
            ReleaseId = interaction.ReleaseId,
            ModelId = interaction.ModelId,
            BaseModel = report.BaseModel ?? baseModel,
            ResponseId = interaction.ResponseId,
            Function = interaction.Function,
            Subject = interaction.Subject,
            Tags = interaction.Tags.Count > 0 ? interaction.Tags : null,
            Streaming = interaction.Streaming,
            Complete = interaction.Complete,
            Refused = interaction.Refused,
            PolicyRevision = report.PolicyRevision,
            Matches = [.. report.Matches.Select(MatchRecord.Of)],
            Feedback = FeedbackRecord.Of(report.Feedback),
        };
    }

    /// <summary>The identifier, and none of the text.</summary>
    public override string ToString() => $"record of interaction {Id}";
}
