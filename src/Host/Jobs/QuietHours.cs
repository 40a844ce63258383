namespace Unlearning.Host.Jobs;

/// <summary>A quiet time of every week, as configured.</summary>
public sealed class QuietHours
{
    /// <summary>The days on which it begins; every day when left empty.</summary>
    public IList<DayOfWeek> Days { get; } = [];

    /// <summary>When it begins, as "08:00".</summary>
    public TimeOnly From { get; set; }

    /// <summary>When it ends, as "20:00"; at or before <see cref="From"/> it is a time of the next day.</summary>
    public TimeOnly To { get; set; }
}
