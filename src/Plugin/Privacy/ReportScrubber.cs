using Microsoft.Extensions.AI;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Privacy;

/// <summary>Replaces personal data in everything of a report that people, models or tools said.</summary>
/// <remarks>A message keeps its role and its texts; tool calls, attached data and what else is no plain text stay behind.</remarks>
internal sealed class ReportScrubber
{
    private readonly PersonalDataScrubber _scrubber;
    private readonly ISubjectHasher? _subjects;

    private ReportScrubber(PersonalDataScrubber scrubber, ISubjectHasher? subjects)
    {
        _scrubber = scrubber;
        _subjects = subjects;
    }

    /// <summary>Makes the report that may be sent or stored.</summary>
    /// <param name="report">The report as it was captured.</param>
    /// <param name="policies">The policies, which list names.</param>
    /// <param name="subjects">Hashes the subject; null leaves it as it is.</param>
    /// <returns>A report of its own, which holds nothing of the original's text.</returns>
    public static IncidentReport Scrub(IncidentReport report, Policies.PolicySet policies, ISubjectHasher? subjects = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(policies);
        return report with
        {
            Interaction = new ReportScrubber(policies.PersonalData, subjects).Scrub(report.Interaction),
            Feedback = report.Feedback is { Reason: { } reason } said ? said with { Reason = policies.PersonalData.Scrub(reason) } : report.Feedback,
        };
    }

    private Interaction Scrub(Interaction interaction) => interaction with
    {
        Prompt = _scrubber.Scrub(interaction.Prompt),
        Answer = _scrubber.Scrub(interaction.Answer),
        Messages = [.. interaction.Messages.Select(Scrub)],
        ToolResults = [.. interaction.ToolResults.Select(_scrubber.Scrub)],
        Subject = interaction.Subject is { Length: > 0 } subject ? _subjects?.HashSubject(subject) ?? subject : null,
        Tags = interaction.Tags.ToDictionary(tag => tag.Key, tag => _scrubber.Scrub(tag.Value), StringComparer.Ordinal),
    };

    private ChatMessage Scrub(ChatMessage message) => new(message.Role, [.. Texts(message).Select(text => (AIContent)new TextContent(_scrubber.Scrub(text)))])
    {
        MessageId = message.MessageId,
        CreatedAt = message.CreatedAt,
    };

    // Neighbouring parts are one text: what is split over two of them is found all the same.
    private static IEnumerable<string> Texts(ChatMessage message)
    {
        string text = CapturedText.Of(message);
        IEnumerable<string> results = message.Contents.OfType<FunctionResultContent>().SelectMany(
            result => CapturedText.OfToolMessage(new ChatMessage(ChatRole.Assistant, [result])));
        return results.Prepend(text).Append(CapturedText.OfReasoning(message.Contents)).Where(part => part.Length > 0);
    }
}
