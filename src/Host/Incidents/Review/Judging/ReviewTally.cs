namespace Unlearning.Host.Incidents.Review.Judging;

/// <summary>How reviewers judged an incident, each counted once by their latest judgement.</summary>
/// <param name="Harmful">How many found it harmful.</param>
/// <param name="Harmless">How many found it harmless.</param>
/// <param name="Needed">How many must agree.</param>
internal sealed record ReviewTally(int Harmful, int Harmless, int Needed)
{
    /// <summary>Counts.</summary>
    public static ReviewTally Of(IEnumerable<bool> harmful, int needed)
    {
        bool[] all = [.. harmful];
        return new(all.Count(one => one), all.Count(one => !one), Math.Max(1, needed));
    }

    /// <summary>What enough reviewers agreed on against fewer; null while that is open.</summary>
    public bool? Decision =>
        Harmful >= Needed && Harmful > Harmless ? true
        : Harmless >= Needed && Harmless > Harmful ? false
        : null;

    /// <summary>Where an incident stands after somebody's judgement, which this tally has counted.</summary>
    /// <param name="before">Where it stood.</param>
    /// <param name="harmful">The judgement.</param>
    public IncidentStatus After(IncidentStatus before, bool harmful)
    {
        // One reviewer is enough, and the latest is right.
        if (Needed == 1)
            return Judged(harmful);
        if (Decision is { } decision)
            return Judged(decision);

        // What is contradicted is open again; what is agreed with stays as it was.
        return before == Judged(harmful) ? before : IncidentStatus.New;
    }

    /// <summary>How far the review has come: "1 of 2", "disputed"; null where there is nothing to say.</summary>
    public string? Words(IncidentStatus status) =>
        Needed == 1 || status != IncidentStatus.New || Harmful + Harmless == 0 ? null
        : Harmful > 0 && Harmless > 0 ? "disputed"
        : $"{Math.Max(Harmful, Harmless)} of {Needed}";

    /// <summary>What is still missing, as a sentence; null where nothing is.</summary>
    public string? Missing(IncidentStatus status) => Words(status) switch
    {
        null => null,
        "disputed" => $"Disputed: {Harmful} confirmed and {Harmless} dismissed it; {More()} must judge it.",
        var words => $"{words} reviewers: {More()} must {(Harmful > 0 ? "confirm" : "dismiss")} it.",
    };

    /// <summary>The status that a judgement asks for.</summary>
    public static IncidentStatus Judged(bool harmful) => harmful ? IncidentStatus.Confirmed : IncidentStatus.Dismissed;

    private string More()
    {
        int larger = Math.Max(Harmful, Harmless), smaller = Math.Min(Harmful, Harmless);
        int more = Math.Max(Needed, smaller + 1) - larger;
        return more == 1 ? "one more" : $"{more} more";
    }
}
