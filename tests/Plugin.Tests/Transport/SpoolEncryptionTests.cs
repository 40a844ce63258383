using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;
using Unlearning.Plugin.Transport.Spooling;

namespace Unlearning.Plugin.Tests.Transport;

public sealed class SpoolEncryptionTests : IDisposable
{
    private const string Sentence = "the violet heron sleeps at noon";

    private static readonly string _someKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static FakeHost Away => new() { Answer = (_, _) => FakeHost.Status(HttpStatusCode.ServiceUnavailable) };

    private static FakeHost Refusing => new() { Answer = (_, _) => FakeHost.Status(HttpStatusCode.UnprocessableEntity) };

    private string KeyFile => Path.Combine(_folder.Path, "spool.key");

    private string SetAside => Path.Combine(_folder.Path, "set-aside");

    [Theory]
    [InlineData("")]
    [InlineData("configured")]
    public async Task Nothing_that_was_said_or_who_said_it_is_in_any_file_of_the_spool(string key)
    {
        using TemporaryFolder elsewhere = new();
        foreach (FakeHost host in new[] { Away, Refusing })
        {
            await using SinkUnderTest app = new(_folder.Path, host, options => options.SpoolKey = key.Length > 0 ? _someKey : "");
            await app.Sink.ReportAsync(Canary("a"));
            await app.Sink.DisposeAsync();
            AssertNowhere();
            Assert.DoesNotContain(app.Logs.GetSnapshot(), record => record.Message.Contains(Sentence, StringComparison.Ordinal));
        }

        Assert.Equal(key.Length == 0, File.Exists(KeyFile));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "rejected.jsonl")));

        // What is damaged or has lost its key is kept as unreadable as it was.
        await LeaveAsync(Canary("b"), Canary("c"));
        await ReplaceInAsync(Segments().Order(StringComparer.Ordinal).First(), content => content[content.Length / 4] ^= 1);
        File.Delete(KeyFile);
        await DrainAsync(new FakeHost());
        Assert.NotEmpty(Directory.GetFiles(SetAside));
        AssertNowhere();
    }

    [Fact]
    public async Task Plain_segments_of_an_earlier_version_are_sent()
    {
        using (SpoolLane lane = SpoolLane.Create(_folder.Path))
        {
            await using SpoolWriter writer = new(lane);
            await writer.AppendAsync(SpoolLine.Encode("""{"id":"old"}"""u8), CancellationToken.None);
        }

        FakeHost host = new();
        await DrainAsync(host);

        Assert.Equal(["old"], host.Stored);
        Assert.False(Directory.Exists(SetAside));
    }

    [Fact]
    public async Task Plain_rejected_records_of_an_earlier_version_are_encrypted_at_the_next_start()
    {
        string path = Path.Combine(_folder.Path, "rejected.jsonl");
        await File.WriteAllTextAsync(
            path, $$$"""{"at":"2026-03-01T12:00:00+00:00","status":422,"detail":"severity is 9","record":{"id":"old","prompt":"{{{Sentence}}}"}}""" + "\n");
        await DrainAsync(new FakeHost());

        JsonNode line = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(path)))!;
        Assert.Equal(("old", 422, "severity is 9"), ((string)line["id"]!, (int)line["status"]!, (string)line["detail"]!));
        AssertNowhere();
    }

    [Fact]
    public async Task What_the_Host_refused_is_sent_again_when_the_app_asks_for_it()
    {
        await LeaveAsync(Reports.Create("a"), Reports.Create("b"));
        await DrainAsync(Refusing);
        Assert.Equal(2, File.ReadLines(Path.Combine(_folder.Path, "rejected.jsonl")).Count());

        FakeHost host = new();
        await using (SinkUnderTest app = new(_folder.Path, host))
        {
            Assert.Equal(2, await app.Sink.RetryRejectedAsync());
            Assert.Equal(0, await app.Sink.RetryRejectedAsync());
        }

        Assert.Equal(["a", "b"], host.Stored.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder.Path, "rejected*"));
    }

    [Fact]
    public async Task Without_its_key_a_record_is_set_aside_blocks_nothing_and_is_sent_once_the_key_is_back()
    {
        await LeaveAsync(Reports.Create("a"), Reports.Create("b"));
        string key = await File.ReadAllTextAsync(KeyFile);
        File.Delete(KeyFile);

        FakeHost host = new();
        await using (SinkUnderTest app = new(_folder.Path, host))
        {
            await app.ReportAsync("c");
            await app.Sink.DisposeAsync();
            Assert.Equal(["c"], host.Stored);
            Assert.Equal(2, app.Count("lost"));

            // They may have come to lie in one segment or in two.
            string[] messages = [.. app.Logs.GetSnapshot().Where(record => record.Id.Name == "SpoolLocked").Select(record => record.Message)];
            string[] locked = Directory.GetFiles(SetAside, "*.locked");
            Assert.InRange(locked.Length, 1, 2);
            Assert.Equal(locked.Length, messages.Length);
            Assert.All(locked, file => Assert.Contains(messages, message => message.Contains(file, StringComparison.Ordinal)));
            Assert.All(messages, message => Assert.Contains("Unlearning:Host:SpoolKey", message, StringComparison.Ordinal));
        }

        // Not yet: it waits, and is not counted again.
        await using (SinkUnderTest app = new(_folder.Path, host))
        {
            await app.ReportAsync("d");
            await app.Sink.DisposeAsync();
            Assert.Equal(0, app.Count("lost"));
        }

        await using (SinkUnderTest app = new(_folder.Path, host, options => options.SpoolKey = key))
        {
            await app.Sink.DisposeAsync();
        }

        Assert.Equal(["c", "d", "a", "b"], host.Stored);
        Assert.Empty(Directory.GetFiles(SetAside));
    }

    [Fact]
    public async Task A_damaged_key_file_is_set_aside_and_the_spool_goes_on_with_a_new_one()
    {
        await LeaveAsync(Reports.Create("a"));
        string key = await File.ReadAllTextAsync(KeyFile);
        await File.WriteAllTextAsync(KeyFile, "damaged");

        FakeHost host = new();
        await using (SinkUnderTest app = new(_folder.Path, host))
        {
            await app.ReportAsync("b");
            await app.Sink.DisposeAsync();
            string message = Assert.Single(app.Logs.GetSnapshot(), record => record.Id.Name == "SpoolKeyDamaged").Message;
            Assert.Contains(Assert.Single(Directory.GetFiles(SetAside, "spool.key-*")), message, StringComparison.Ordinal);
        }

        Assert.Equal(["b"], host.Stored);
        await File.WriteAllTextAsync(KeyFile, key);
        await DrainAsync(host);
        Assert.Equal(["b", "a"], host.Stored);
    }

    [Fact]
    public async Task A_key_that_is_set_later_takes_over_and_what_the_file_s_key_made_is_still_sent()
    {
        await LeaveAsync(Reports.Create("a"));
        FakeHost host = new();
        await using (SinkUnderTest app = new(_folder.Path, host, options => options.SpoolKey = _someKey))
        {
            await app.ReportAsync("b");
        }

        Assert.Equal(["a", "b"], host.Stored);
    }

    [SkippableFact]
    public async Task A_segment_that_cannot_be_read_at_all_is_moved_aside_and_what_follows_is_sent()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SkipException("Windows lets only administrators make links.");
        }

        await LeaveAsync(Reports.Create("a"));

        string lane = Path.GetDirectoryName(Assert.Single(Segments()))!;
        File.CreateSymbolicLink(Path.Combine(lane, "0000000000.log"), Path.Combine(_folder.Path, "nowhere"));
        FakeHost host = new();
        await using SinkUnderTest app = new(_folder.Path, host);
        await app.ReportAsync("b");
        await app.Sink.DisposeAsync();

        Assert.Equal(["a", "b"], host.Stored);
        Assert.Contains(app.Logs.GetSnapshot(), record => record.Id.Name == "SpoolUnreadable");
    }

    [Fact]
    public void Of_many_processes_that_open_a_new_spool_at_once_all_use_one_key()
    {
        SpoolKeys[] all = [.. Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(16).Select(_ => SpoolKeys.Open(_folder.Path, ""))];
        byte[] sealedRecord = all[0].Current.Encrypt("{}"u8);
        Assert.All(all, keys => Assert.Equal("{}", Encoding.UTF8.GetString(keys.Open(sealedRecord).Json!.Value.Span)));
        Assert.Equal(["spool.key"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_byte_changed_in_an_encrypted_record_gives_damage_not_another_record()
    {
        SpoolKeys keys = SpoolKeys.Open(_folder.Path, _someKey);
        byte[] whole = keys.Current.Encrypt("""{"id":"a"}"""u8);
        Assert.NotEqual(whole, keys.Current.Encrypt("""{"id":"a"}"""u8));
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 1;
            Assert.Null(keys.Open(changed).Json);
        }
    }

    private static IncidentReport Canary(string id)
    {
        IncidentReport report = Reports.Create(id, $"asked: {Sentence}");
        return report with
        {
            Interaction = report.Interaction with
            {
                Answer = $"said: {Sentence}",
                Subject = Sentence,
                Tags = new Dictionary<string, string> { ["team"] = Sentence },
            },
        };
    }

    private async Task LeaveAsync(params IncidentReport[] reports)
    {
        await using SinkUnderTest app = new(_folder.Path, Away);
        foreach (IncidentReport report in reports)
        {
            await app.Sink.ReportAsync(report);
        }
    }

    private async Task DrainAsync(FakeHost host)
    {
        await using SinkUnderTest app = new(_folder.Path, host);
        await app.Sink.DisposeAsync();
    }

    private static async Task ReplaceInAsync(string path, Action<byte[]> change)
    {
        byte[] content = await File.ReadAllBytesAsync(path);
        change(content);
        await File.WriteAllBytesAsync(path, content);
    }

    private void AssertNowhere()
    {
        foreach (string path in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            Assert.True(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Sentence)) < 0, path);
        }
    }

    private string[] Segments() => Directory.GetFiles(_folder.Path, "*.log", SearchOption.AllDirectories);
}
