using System.Text.Json;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Audit;

/// <summary>
/// Who did what, and when: an append-only file of JSON lines, each with the hash of the one before, so that no entry can be changed, taken
/// out or put in between without <see cref="Verify"/> finding it. Whoever can write the file could write it anew as a whole; that is found
/// by a head that was noted elsewhere, as the service's log does with every entry.
/// </summary>
public sealed partial class AuditLog(DataFolder data, ILogger<AuditLog> logger)
{
    /// <summary>The file.</summary>
    public string Path => data.Audit;

    /// <summary>Appends events, in their order; they are on the device when this returns.</summary>
    /// <exception cref="InvalidDataException">The file ends in a line that is no entry, or entries are missing at its end.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public AuditHead Append(params IReadOnlyList<AuditEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        using AuditFile file = AuditFile.Open(data);
        return Append(file, events);
    }

    /// <summary>Opens the file for whoever carries events to it from elsewhere, and must have it alone until it has forgotten them there.</summary>
    internal AuditFile Open() => AuditFile.Open(data);

    /// <summary>Takes away a line that a crash cut short; nobody was told of it.</summary>
    internal void Mend()
    {
        if (File.Exists(data.Audit))
        {
            using AuditFile file = AuditFile.Open(data);
            file.Mend();
        }
    }

    /// <summary>Checks every byte of the audit, and that it goes on to the head that was noted.</summary>
    /// <param name="noted">A head noted elsewhere, which the audit must still contain; null for the one beside the file alone.</param>
    public AuditVerification Verify(AuditHead? noted = null)
    {
        List<string> problems = [];
        AuditHead head = AuditHead.Empty;
        List<AuditHead> expected = [.. noted is null ? (AuditHead[])[] : [noted]];
        try
        {
            if (AuditHeadFile.Read(data) is { } beside)
            {
                expected.Add(beside);
            }
            else if (File.Exists(data.Audit))
            {
                problems.Add($"'{data.AuditHead}' is missing, so entries may have been cut off at the end.");
            }
        }
        catch (JsonException)
        {
            problems.Add($"'{data.AuditHead}' is damaged, so entries may have been cut off at the end.");
        }

        AuditText text = AuditFile.Read(data);
        if (text.CutShort > 0)
        {
            problems.Add(
                $"{data.Audit}: the last {text.CutShort} bytes are no entry: a write that a crash cut short and nobody was told of, which the "
                + "next start of the service takes away, or something that was put there.");
        }

        foreach (string line in text.Lines)
        {
            if (!AuditLine.TryRead(line, out AuditEntry? entry, out string hash))
            {
                problems.Add($"{data.Audit}:{head.Sequence + 1}: the line is not what was written.");
                break;
            }

            if (entry!.Sequence != head.Sequence + 1 || entry.Previous != head.Hash)
            {
                problems.Add(
                    $"{data.Audit}:{head.Sequence + 1}: entry {entry.Sequence} does not follow entry {head.Sequence}; entries were taken out, "
                    + "put in or moved.");
                break;
            }

            head = new AuditHead(entry.Sequence, hash);
            foreach (AuditHead other in expected.Where(other => other.Sequence == entry.Sequence && other.Hash != hash))
            {
                problems.Add($"{data.Audit}:{entry.Sequence}: the entry has hash {hash}, but {other.Hash} was noted; the audit was rewritten.");
            }
        }

        if (problems.Count == 0)
        {
            foreach (AuditHead cut in expected.Where(other => other.Sequence > head.Sequence))
            {
                problems.Add($"{data.Audit}: ends with entry {head.Sequence}, but entry {cut.Sequence} was noted; entries were cut off.");
            }
        }

        return new AuditVerification(head, problems);
    }

    /// <summary>The entries, newest first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="where">Which; null for all.</param>
    /// <exception cref="InvalidDataException">A line is no entry.</exception>
    public IReadOnlyList<AuditEntry> Read(int limit, Func<AuditEntry, bool>? where = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        Queue<AuditEntry> last = [];
        foreach (string line in AuditFile.Read(data).Lines)
        {
            AuditEntry entry = AuditLine.TryRead(line, out AuditEntry? read, out _) ? read! : throw Damaged();
            if (where is null || where(entry))
            {
                last.Enqueue(entry);
                if (last.Count > limit)
                {
                    last.Dequeue();
                }
            }
        }

        return [.. last.Reverse()];
    }

    /// <summary>The file's whole lines as they are, for whoever keeps or checks them elsewhere.</summary>
    public byte[] ReadBytes() => AuditFile.Read(data).Whole;

    /// <inheritdoc cref="Append(IReadOnlyList{AuditEvent})"/>
    internal AuditHead Append(AuditFile file, IReadOnlyList<AuditEvent> events)
    {
        AuditHead head = file.Head();
        List<string> lines = [];
        foreach (AuditEvent one in events)
        {
            (string line, string hash) = AuditLine.Write(new AuditEntry(head.Sequence + 1, head.Hash, one));
            lines.Add(line);
            head = new AuditHead(head.Sequence + 1, hash);
        }

        if (lines.Count > 0)
        {
            file.Append(lines, head);
            LogRecorded(head.Sequence, events[^1].Action, head.Hash);
        }

        return head;
    }

    private InvalidDataException Damaged() =>
        new($"'{data.Audit}' is damaged. Run 'audit verify' to see where, and restore it from a backup.");

    [LoggerMessage(
        EventId = 6001,
        EventName = "AuditRecorded",
        Level = LogLevel.Information,
        Message = "The audit ends with entry {Sequence} ({Action}): {Hash}.")]
    private partial void LogRecorded(long sequence, string action, string hash);
}
