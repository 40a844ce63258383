using System.Globalization;
using Microsoft.Extensions.Options;

namespace Unlearning.Host.Jobs;

/// <summary>
/// Tells quiet times from others, in the configured zone: clock times stay clock times when the clocks change. It is asked rather than
/// hung on a trigger as a Quartz calendar, because that drops a firing in an excluded time, where this one is to wait for its end.
/// </summary>
public sealed class QuietTime
{
    // A year of quiet is no quiet time but a service that never works.
    private const int LongestDays = 366;

    private readonly TimeZoneInfo _zone;
    private readonly QuietHours[] _hours;
    private readonly HashSet<DateOnly> _dates;

    /// <summary>Uses the configured times.</summary>
    public QuietTime(IOptions<ScheduleOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _zone = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);
        _hours = [.. options.Value.QuietHours];
        _dates = [.. options.Value.QuietDates.Select(date => DateOnly.Parse(date, CultureInfo.InvariantCulture))];
    }

    /// <summary>Whether an instant is quiet.</summary>
    public bool IsQuiet(DateTimeOffset instant)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(instant, _zone);
        DateOnly day = DateOnly.FromDateTime(local.DateTime);
        TimeOnly clock = TimeOnly.FromDateTime(local.DateTime);
        return _dates.Contains(day) || _hours.Any(hours => hours.From < hours.To
            ? Begins(hours, day) && hours.From <= clock && clock < hours.To
            : (Begins(hours, day) && hours.From <= clock) || (Begins(hours, day.AddDays(-1)) && clock < hours.To));
    }

    /// <summary>When the quiet time that an instant is in ends; null when it is in none.</summary>
    /// <exception cref="InvalidOperationException">It does not end within a year.</exception>
    public DateTimeOffset? EndOf(DateTimeOffset instant)
    {
        if (!IsQuiet(instant))
            return null;

        // It ends at the end of one of the hours, or at a midnight, and nowhere else.
        DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, _zone).DateTime);
        TimeOnly[] ends = [.. _hours.Select(hours => hours.To).Append(TimeOnly.MinValue).Distinct()];
        return Enumerable.Range(0, LongestDays)
            .SelectMany(days => ends.SelectMany(end => Instants(today.AddDays(days).ToDateTime(end))).Order())
            .Where(end => end > instant && !IsQuiet(end))
            .Select(end => (DateTimeOffset?)end)
            .FirstOrDefault()
            ?? throw new InvalidOperationException(
                $"The quiet hours do not end within {LongestDays} days, so that no run ever begins by itself. Leave time between them in "
                + $"{ScheduleOptions.SectionName}:{nameof(ScheduleOptions.QuietHours)}.");
    }

    private static bool Begins(QuietHours hours, DateOnly day) => hours.Days.Count == 0 || hours.Days.Contains(day.DayOfWeek);

    // A clock time that is skipped begins when the clocks are forward; one that comes twice ends twice.
    private IEnumerable<DateTimeOffset> Instants(DateTime local)
    {
        while (_zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        return _zone.IsAmbiguousTime(local)
            ? _zone.GetAmbiguousTimeOffsets(local).OrderDescending().Select(offset => new DateTimeOffset(local, offset).ToUniversalTime())
            : [new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime()];
    }
}
