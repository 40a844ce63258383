namespace Unlearning.Plugin.Feedback;

/// <summary>What a person said of an interaction, as a part of its report. It is noted for reviewers and confirms nothing.</summary>
/// <param name="Rating">Thumbs up or down.</param>
/// <param name="Reason">Why, in the person's words; null when they gave none.</param>
public sealed record UserFeedback(UserRating Rating, string? Reason)
{
    /// <summary>The rating, and none of the text.</summary>
    public override string ToString() => $"thumbs {Rating}";
}
