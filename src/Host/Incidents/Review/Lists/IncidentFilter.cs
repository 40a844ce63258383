namespace Unlearning.Host.Incidents.Review.Lists;

/// <summary>Which incidents somebody asks for: those that fit all that is given.</summary>
internal sealed record IncidentFilter
{
    /// <summary>As <see cref="Assignee"/>: whoever asks.</summary>
    public const string Me = "me";

    /// <summary>As <see cref="Assignee"/>: incidents that are nobody's.</summary>
    public const string Nobody = "nobody";

    /// <summary>Only those that stand there.</summary>
    public IncidentStatus? Status { get; init; }

    /// <summary>Only those of this hazard, with or without its taxonomy: <c>ailuminate:ncr</c>, <c>ncr</c>.</summary>
    public string? Hazard { get; init; }

    /// <summary>Only those that this policy decided.</summary>
    public string? Policy { get; init; }

    /// <summary>Only those at least so severe: 0 to 4.</summary>
    public int? Severity { get; init; }

    /// <summary>Only those of this person, of <see cref="Me"/>, or of <see cref="Nobody"/>.</summary>
    public string? Assignee { get; init; }

    /// <summary>Only those seen since then.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those that should have been reviewed by now (<see cref="ReviewDeadlines"/>); they are all new.</summary>
    public bool Overdue { get; init; }

    /// <summary>The filter in words, for the audit and for people; "all" for one that leaves nothing out.</summary>
    public override string ToString()
    {
        string?[] parts =
        [
            Status is { } status ? $"status={StatusWord.Of(status)}" : null,
            Overdue ? "overdue" : null,
            Hazard is null ? null : $"hazard={Hazard}",
            Policy is null ? null : $"policy={Policy}",
            Severity is null ? null : $"severity>={Severity}",
            Assignee is null ? null : $"assignee={Assignee}",
            Since is { } since ? $"since={since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : null,
        ];
        return parts.OfType<string>().ToArray() is { Length: > 0 } given ? string.Join(' ', given) : "all";
    }
}
