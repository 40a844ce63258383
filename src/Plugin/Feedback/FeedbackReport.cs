using System.Security.Cryptography;
using System.Text;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Plugin.Feedback;

/// <summary>Makes the report of a feedback, scrubbed of personal data, for an <see cref="IIncidentSink"/>.</summary>
public static class FeedbackReport
{
    /// <summary>The most characters of a reason.</summary>
    public const int LongestReason = 2000;

    private const int LongestName = 200;

    /// <summary>Makes the report.</summary>
    /// <param name="feedback">What the person said.</param>
    /// <param name="policies">What it is filed under.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scope">Whose ids <see cref="AnswerFeedback.Id"/> is one of.</param>
    /// <returns>The report. Whatever policies say of it, a reviewer decides: anyone may be its author.</returns>
    /// <exception cref="ArgumentException">A field is wrong; the message names it, and the parameter's name is the field's.</exception>
    public static IncidentReport Of(AnswerFeedback feedback, PolicySet policies, TimeProvider time, string scope = "")
    {
        ArgumentNullException.ThrowIfNull(feedback);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(time);
        Check(feedback);
        DateTimeOffset now = time.GetUtcNow();
        Interaction interaction = new()
        {
            Id = IdOf(feedback, scope),
            At = now,
            Prompt = feedback.Prompt ?? "",
            Answer = feedback.Answer ?? "",
            ResponseId = feedback.ResponseId,
            ModelId = feedback.Model,
            Subject = feedback.Subject,
            Complete = true,
        };
        string? reason = string.IsNullOrWhiteSpace(feedback.Reason) ? null : feedback.Reason.Trim();
        IncidentReport report = new()
        {
            Interaction = interaction,
            Matches = File(interaction, feedback.Policy, policies),
            PolicyRevision = policies.Revision,
            Feedback = new UserFeedback(feedback.Rating, reason),
        };
        return ReportScrubber.Scrub(report, policies);
    }

    private static void Check(AnswerFeedback feedback)
    {
        if (!Enum.IsDefined(feedback.Rating))
        {
            throw Wrong(nameof(feedback.Rating), "Rate the answer up or down.");
        }

        if (string.IsNullOrEmpty(feedback.ResponseId) && string.IsNullOrEmpty(feedback.Answer))
        {
            throw Wrong(nameof(feedback.ResponseId), "Say which answer: give the id that came with it, or its text.");
        }

        CheckLength(feedback.ResponseId, LongestName, nameof(feedback.ResponseId));
        CheckLength(feedback.Id, LongestName, nameof(feedback.Id));
        CheckLength(feedback.Model, LongestName, nameof(feedback.Model));
        CheckLength(feedback.Subject, 1024, nameof(feedback.Subject));
        CheckLength(feedback.Reason, LongestReason, nameof(feedback.Reason));
    }

    private static void CheckLength(string? value, int most, string field)
    {
        if (value?.Length > most)
        {
            throw Wrong(field, $"It has {value.Length} characters; the most are {most}.");
        }
    }

    private static ArgumentException Wrong(string field, string message) => new(message, field);

    // A hash, so that the id tells nothing: an app may use what people said for one, and names are no names of ours. Over the answer's text it
    // would tell what the text is to whoever guesses it; without an id every call is one of its own.
    private static string IdOf(AnswerFeedback feedback, string scope)
    {
        string[]? parts = !string.IsNullOrEmpty(feedback.Id) ? ["id", scope, feedback.Id]
            : !string.IsNullOrEmpty(feedback.ResponseId) ? ["response", feedback.ResponseId, feedback.Subject ?? "", $"{feedback.Rating}"]
            : null;
        byte[] id = parts is null ? RandomNumberGenerator.GetBytes(32) : SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts)));
        return $"feedback-{Convert.ToHexStringLower(id.AsSpan(0, 20))}";
    }

    private static PolicyMatch[] File(Interaction interaction, string? policy, PolicySet policies)
    {
        if (!string.IsNullOrEmpty(policy))
        {
            Policy named = policies.Policies.FirstOrDefault(known => known.Name == policy) ?? throw Wrong(
                nameof(AnswerFeedback.Policy),
                $"There is no policy of that name. The policies are: {string.Join(", ", policies.Policies.Select(known => known.Name))}.");
            return interaction.Answer.Length > 0 ? [named.MatchByReport()] : [];
        }

        return interaction.Answer.Length == 0 ? [] :
        [
            .. policies.Judge(interaction.Prompt, interaction.Answer)
                .Select(match => match with { AutoAccept = false, AnswerMatched = true }),
        ];
    }
}
