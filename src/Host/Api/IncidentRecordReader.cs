using System.Text.Json;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Host.Api;

/// <summary>Reads one record of a batch of incidents. Fields it does not know are ignored: an app may be newer than its Host.</summary>
internal sealed class IncidentRecordReader(TimeProvider time)
{
    private const int Name = 200;
    private const int Text = 1 << 20;
    private const int Elements = 64;

    // Clocks differ; a time far ahead would keep an incident the latest for ever.
    private static readonly TimeSpan _ahead = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset _earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads and checks a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="place">Where it is, such as <c>incidents[3]</c>.</param>
    /// <exception cref="ApiException">A field is wrong; the message names it and the fix, and quotes no text.</exception>
    public IncidentReport Read(JsonElement record, string place)
    {
        Fields fields = Fields.Of(record, place);
        string id = fields.String("id", 1, 64);
        if (!id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            throw ApiException.Invalid(fields.Place("id"), $"{fields.Place("id")} must be letters, digits, '-' and '_'.");
        }

        UserFeedback? feedback = fields.Has("feedback") ? Feedback(Fields.Of(record.GetProperty("feedback"), $"{place}.feedback")) : null;
        return new IncidentReport
        {
            Feedback = feedback,
            Interaction = new Interaction
            {
                Id = id,
                At = fields.Time("at", _earliest, time.GetUtcNow() + _ahead),
                Prompt = fields.String("prompt", 0, Text),
                Answer = fields.String("answer", 0, Text),
                ReleaseId = fields.OptionalString("release_id", Name),
                ModelId = fields.OptionalString("model_id", Name),
                ResponseId = fields.OptionalString("response_id", Name),
                Function = fields.OptionalString("function", 512),
                Subject = fields.OptionalString("subject", 1024),
                Streaming = fields.Flag("streaming"),
                Complete = fields.Flag("complete"),
                Refused = fields.Flag("refused"),
                Tags = fields.Strings("tags", Elements, Name, 10_000),
            },
            BaseModel = fields.OptionalString("base_model", Name),
            PolicyRevision = fields.String("policy_revision", 1, Name),
            Matches = [.. fields.Array("matches", feedback is null ? 1 : 0, Elements).Select((match, i) => Match(match, $"{place}.matches[{i}]"))],
        };
    }

    /// <summary>The id of a record that may be wrong in any way, or null.</summary>
    public static string? IdOf(JsonElement record)
    {
        try
        {
            return Fields.Of(record, "").String("id", 1, 64);
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private static UserFeedback Feedback(Fields fields) => new(
        fields.String("rating", 1, 10) switch
        {
            FeedbackRecord.Up => UserRating.Up,
            FeedbackRecord.Down => UserRating.Down,
            _ => throw ApiException.Invalid(fields.Place("rating"), $"{fields.Place("rating")} must be '{FeedbackRecord.Up}' or '{FeedbackRecord.Down}'."),
        },
        fields.OptionalString("reason", 2 * FeedbackReport.LongestReason));

    private static PolicyMatch Match(JsonElement match, string place)
    {
        Fields fields = Fields.Of(match, place);
        return new PolicyMatch
        {
            Policy = fields.String("policy", 1, Name),
            PolicyVersion = fields.String("policy_version", 1, Name),
            Hazard = fields.String("hazard", 1, Name),
            Severity = fields.Integer("severity", 0, 4),
            PromptMatched = fields.Flag("prompt_matched"),
            ToolResultMatched = fields.Flag("tool_result_matched"),
            AnswerMatched = fields.Flag("answer_matched"),
            Detectors = [.. fields.Array("detectors", 0, Elements).Select((_, i) => fields.Element("detectors", i, 512))],
            AutoAccept = fields.Flag("auto_accept"),
            RemediationEnabled = fields.Flag("remediation_enabled"),
            RefusalText = fields.OptionalString("refusal_text", 10_000) ?? "",
        };
    }
}
