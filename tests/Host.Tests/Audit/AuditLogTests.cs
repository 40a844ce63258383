using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly DataFolder _data;
    private readonly AuditLog _log;

    public AuditLogTests()
    {
        _data = new DataFolder(_folder.Path);
        _log = new AuditLog(_data, NullLogger<AuditLog>.Instance);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_appended_is_read_back_newest_first_and_verifies()
    {
        AuditHead head = Fill(3);

        Assert.Equal(["run-2", "run-1", "run-0"], _log.Read(10).Select(entry => entry.Event.Subject));
        Assert.Equal(["run-2"], _log.Read(1).Select(entry => entry.Event.Subject));
        Assert.Equal(["run-1"], _log.Read(10, entry => entry.Event.Subject == "run-1").Select(entry => entry.Event.Subject));
        AuditVerification checkedNow = _log.Verify();
        Assert.Empty(checkedNow.Problems);
        Assert.Equal(head, checkedNow.Head);
    }

    [Fact]
    public void An_audit_that_was_never_written_is_whole()
    {
        Assert.True(_log.Verify().IsWhole);
        Assert.Empty(_log.Read(1));
    }

    [Fact]
    public void A_change_of_any_single_byte_is_found()
    {
        Fill(3);
        byte[] sound = File.ReadAllBytes(_data.Audit);
        for (int i = 0; i < sound.Length; i++)
        {
            byte[] changed = [.. sound];
            changed[i] ^= (byte)(1 + (i % 255));
            File.WriteAllBytes(_data.Audit, changed);
            Assert.False(_log.Verify().IsWhole, $"byte {i}");
        }
    }

    [Fact]
    public void Entries_taken_out_put_in_moved_or_cut_off_are_found()
    {
        Fill(5);
        string[] sound = File.ReadAllLines(_data.Audit);
        AssertFound([.. sound[..2], .. sound[3..]]);
        AssertFound([.. sound, sound[^1]]);
        AssertFound([sound[1], sound[0], .. sound[2..]]);
        AssertFound(sound[..^1]);
        AssertFound([]);
        File.WriteAllText(_data.Audit, string.Join('\n', sound) + "\n");
        Assert.True(_log.Verify().IsWhole);
        File.Delete(_data.AuditHead);
        Assert.False(_log.Verify().IsWhole);
    }

    [Fact]
    public void An_audit_written_anew_as_a_whole_is_found_by_a_head_noted_elsewhere()
    {
        AuditHead noted = Fill(3);
        File.Delete(_data.Audit);
        File.Delete(_data.AuditHead);
        Fill(4, "other");

        Assert.True(_log.Verify().IsWhole);
        Assert.Contains("rewritten", Assert.Single(_log.Verify(noted).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_cut_short_by_a_crash_is_told_mended_and_never_chained_to()
    {
        Fill(2);
        foreach (int cut in (int[])[1, 40, 200])
        {
            File.AppendAllText(_data.Audit, new string('x', cut));
            Assert.Contains($"{cut} bytes", Assert.Single(_log.Verify().Problems), StringComparison.Ordinal);
            Fill(1);
            Assert.True(_log.Verify().IsWhole);
        }

        File.AppendAllText(_data.Audit, "{\"hash\":");
        _log.Mend();
        Assert.True(_log.Verify().IsWhole);
    }

    [Fact]
    public void A_crash_between_entry_and_head_leaves_a_whole_audit()
    {
        Fill(1);
        byte[] head = File.ReadAllBytes(_data.AuditHead);
        Fill(1);
        File.WriteAllBytes(_data.AuditHead, head);

        Assert.True(_log.Verify().IsWhole);
    }

    [Fact]
    public void Nothing_is_chained_to_a_damaged_end()
    {
        Fill(2);
        File.AppendAllText(_data.Audit, "not an entry\n");

        Assert.Contains("audit verify", Assert.Throws<InvalidDataException>(() => Fill(1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_is_added_that_would_hide_what_was_cut_off(bool everything)
    {
        Fill(4);
        string[] sound = File.ReadAllLines(_data.Audit);
        if (everything)
            File.Delete(_data.Audit);
        else
            File.WriteAllText(_data.Audit, string.Concat(sound[..2].Select(line => line + "\n")));

        Assert.Contains("entries are missing", Assert.Throws<InvalidDataException>(() => Fill(1)).Message, StringComparison.Ordinal);
        Assert.Contains("cut off", Assert.Single(_log.Verify().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writers_at_once_lose_nothing_and_break_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            AuditLog log = new(_data, NullLogger<AuditLog>.Instance);
            for (int i = 0; i < 10; i++)
                log.Append(Event($"{writer}-{i}"));
        })));

        Assert.True(_log.Verify().IsWhole);
        Assert.Equal(80, _log.Read(100).Select(entry => entry.Event.Subject).Distinct().Count());
    }

    [Fact]
    public void A_reason_is_one_short_line_without_personal_data()
    {
        _log.Append(AuditEvent.Create(_clock, Actor.Local, "run.start", "r", "asked\nby jane.doe@example.org " + new string('x', 600)));

        string reason = Assert.Single(_log.Read(1)).Event.Reason!;
        Assert.StartsWith("asked by [email]", reason, StringComparison.Ordinal);
        Assert.Equal(AuditEvent.LongestReason, reason.Length);
        Assert.DoesNotContain("jane", File.ReadAllText(_data.Audit), StringComparison.Ordinal);
    }

    private AuditHead Fill(int entries, string name = "run")
    {
        AuditHead head = AuditHead.Empty;
        for (int i = 0; i < entries; i++)
            head = _log.Append(Event($"{name}-{i}"));
        return head;
    }

    private AuditEvent Event(string subject)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return AuditEvent.Create(_clock, Actor.Local, "run.start", subject, "um, weil: ü", ("trigger", "command"), ("hash", "ab"));
    }

    private void AssertFound(string[] lines)
    {
        File.WriteAllText(_data.Audit, string.Concat(lines.Select(line => line + "\n")), new UTF8Encoding(false));
        Assert.False(_log.Verify().IsWhole, $"{lines.Length} lines");
    }
}
