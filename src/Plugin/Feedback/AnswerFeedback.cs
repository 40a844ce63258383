namespace Unlearning.Plugin.Feedback;

/// <summary>A person's thumbs up or down on an answer. It names the answer by its id, its text, or both.</summary>
public sealed record AnswerFeedback
{
    /// <summary>Gets the rating.</summary>
    public required UserRating Rating { get; init; }

    /// <summary>Gets the id that came with the answer (<c>ChatResponse.ResponseId</c>, or <c>id</c> over HTTP); null when there is none.</summary>
    /// <value>At most 200 characters.</value>
    public string? ResponseId { get; init; }

    /// <summary>Gets what was asked, word for word. With <see cref="Answer"/> it lets a reviewer see what no policy had noticed.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets what was answered, word for word.</summary>
    public string? Answer { get; init; }

    /// <summary>Gets why, in the person's words.</summary>
    /// <value>At most 2000 characters.</value>
    public string? Reason { get; init; }

    /// <summary>Gets the name of the policy that the answer breaks; null lets the policies decide.</summary>
    public string? Policy { get; init; }

    /// <summary>Gets who says so, as in <see cref="Capture.CaptureContext"/>: what an erasure finds it by.</summary>
    public string? Subject { get; init; }

    /// <summary>Gets the model that answered, as its server calls it.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Gets the app's own id of this feedback: what comes under one id counts once. By default one rating of one answer by one subject does,
    /// and without a <see cref="ResponseId"/> each call.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>The rating, and none of the text.</summary>
    public override string ToString() => $"thumbs {Rating}";
}
