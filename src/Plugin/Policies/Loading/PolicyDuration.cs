using System.Globalization;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Spans of time as policies write them: 30m, 72h, 7d, 2w. The schema has checked their form.</summary>
internal static class PolicyDuration
{
    /// <summary>Reads one.</summary>
    public static TimeSpan Parse(string written)
    {
        // A pattern that ends in $ lets a line break follow.
        written = written.TrimEnd();
        int number = int.Parse(written.AsSpan(0, written.Length - 1), CultureInfo.InvariantCulture);
        return written[^1] switch
        {
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => TimeSpan.FromDays(7 * number),
        };
    }
}
