using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Audit;

/// <summary>Makes an operator's reason fit for a file that is never erased.</summary>
internal static class AuditReason
{
    private static readonly PersonalDataScrubber _scrubber = new([]);

    /// <summary>One line without personal data, of at most <see cref="AuditEvent.LongestReason"/> characters.</summary>
    public static string Of(string reason)
    {
        string line = string.Join(' ', _scrubber.Scrub(reason).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= AuditEvent.LongestReason ? line : line[..AuditEvent.LongestReason];
    }
}
