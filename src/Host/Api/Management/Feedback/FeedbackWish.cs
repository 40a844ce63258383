using Unlearning.Plugin.Feedback;

namespace Unlearning.Host.Api.Management.Feedback;

/// <summary>A person's thumbs up or down on an answer; its id, its text, or both say on which.</summary>
/// <param name="Rating">up or down.</param>
/// <param name="ResponseId">The id that came with the answer, such as chatcmpl-...; at most 200 characters.</param>
/// <param name="Prompt">What was asked, word for word.</param>
/// <param name="Answer">What was answered, word for word.</param>
/// <param name="Reason">Why, in the person's words; at most 2000 characters.</param>
/// <param name="Policy">The policy that the answer breaks; without it the policies decide.</param>
/// <param name="Subject">Who says so; a keyed hash of it is kept.</param>
/// <param name="Model">The model that answered, as its server calls it.</param>
/// <param name="Id">The caller's own id of this feedback; what comes under one id counts once.</param>
public sealed record FeedbackWish(
    UserRating? Rating = null,
    string? ResponseId = null,
    string? Prompt = null,
    string? Answer = null,
    string? Reason = null,
    string? Policy = null,
    string? Subject = null,
    string? Model = null,
    string? Id = null)
{
    /// <summary>Checks it.</summary>
    /// <exception cref="ApiException">A field is wrong.</exception>
    internal AnswerFeedback Read(int mostCharacters) =>
        (Prompt?.Length ?? 0) + (Answer?.Length ?? 0) > mostCharacters
            ? throw ApiException.Invalid("answer", $"prompt and answer have more than {mostCharacters} characters. Shorten them.")
            : new AnswerFeedback
            {
                Rating = Rating ?? throw ApiException.Invalid("rating", "Say 'up' or 'down' in 'rating'."),
                ResponseId = ResponseId,
                Prompt = Prompt,
                Answer = Answer,
                Reason = Reason,
                Policy = Policy,
                Subject = Subject,
                Model = Model,
                Id = Id,
            };

    /// <summary>The rating, and none of the text.</summary>
    public override string ToString() => $"thumbs {Rating}";
}
