using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Incidents.Review.Judging;

/// <summary>What policies ask of the review of their incidents.</summary>
internal interface IReviewRules
{
    /// <summary>How many different people must agree before a judgement counts; 1 or more, and 1 of a policy that is not in force.</summary>
    int MinReviewers(string policy);

    /// <summary>
    /// Why that cannot be told, as a sentence with its fix; null where it can. Nothing is judged then: a file that a slip of the pen broke must
    /// not let one person decide what needs two.
    /// </summary>
    string? WhyUnknown(string policy) => null;

    /// <summary>How long a new incident may wait for its review, by policy (<c>review.sla_hours</c>); without those that set no time.</summary>
    IReadOnlyDictionary<string, TimeSpan> Waits => new Dictionary<string, TimeSpan>();

    /// <summary>What replaces personal data in what reviewers write, the names that the policies list included.</summary>
    PersonalDataScrubber PersonalData => PersonalDataScrubber.Default;
}
