using Unlearning.Plugin.Feedback;

namespace Unlearning.Plugin.Transport.Wire;

/// <summary>What a person said of the answer of an <see cref="IncidentRecord"/>.</summary>
/// <param name="Rating"><see cref="Up"/> or <see cref="Down"/>.</param>
/// <param name="Reason">Why; null when they did not say.</param>
internal sealed record FeedbackRecord(string Rating, string? Reason)
{
    public const string Up = "up", Down = "down";

    public static FeedbackRecord? Of(UserFeedback? feedback) =>
        feedback is null ? null : new FeedbackRecord(feedback.Rating == UserRating.Up ? Up : Down, feedback.Reason);
}
