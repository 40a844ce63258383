namespace Unlearning.Host.Incidents.Feedback;

/// <summary>What became of a feedback.</summary>
public enum FeedbackOutcome
{
    /// <summary>It had come before, and changed nothing.</summary>
    Known,

    /// <summary>It is noted at the incident that its answer is.</summary>
    Noted,

    /// <summary>It made an incident for a reviewer, or the first harmful answer of one.</summary>
    Filed,

    /// <summary>Nothing is known of its answer, and no policy speaks of it: nothing is kept.</summary>
    Unmatched,
}
