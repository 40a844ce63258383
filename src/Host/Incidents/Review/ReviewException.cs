namespace Unlearning.Host.Incidents.Review;

/// <summary>A reviewer's wish that was not done; nothing was changed.</summary>
/// <param name="message">What is wrong and how to mend it. Never text that was captured.</param>
/// <param name="problem">What kind of wrong it is.</param>
/// <param name="field">The field at fault; null where it is none in particular.</param>
internal sealed class ReviewException(string message, ReviewProblem problem = ReviewProblem.Invalid, string? field = null) : ArgumentException(message)
{
    public ReviewProblem Problem => problem;

    public string? Field => @field;
}
