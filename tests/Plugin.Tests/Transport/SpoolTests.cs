using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Plugin.Tests.Doubles;
using Unlearning.Plugin.Transport;
using Unlearning.Plugin.Transport.Spooling;

namespace Unlearning.Plugin.Tests.Transport;

public sealed class SpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static FakeHost Away => new() { Answer = (_, _) => FakeHost.Status(HttpStatusCode.ServiceUnavailable) };

    [Fact]
    public async Task A_report_is_on_disk_when_it_is_acknowledged_and_the_next_process_sends_what_this_one_could_not()
    {
        await using (SinkUnderTest first = new(_folder.Path, Away))
        {
            await first.ReportAsync("a", "b");
            Assert.Equal(["a", "b"], OnDisk());
            Assert.Equal((2, 0), (first.Count("spooled"), first.Count("sent")));
        }

        FakeHost host = new();
        await using (SinkUnderTest second = new(_folder.Path, host))
        {
            await host.RequestsAsync(1);
        }

        Assert.Equal(["a", "b"], host.Stored);
        Assert.Empty(Segments());
        Assert.Equal(["spool.key"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_process_that_died_in_the_middle_of_a_write_leaves_its_whole_records_and_damage_blocks_nothing()
    {
        using (SpoolLane lane = SpoolLane.Create(_folder.Path))
        {
            await using SpoolWriter writer = new(lane);
            foreach (string id in new[] { "a", "b", "c" })
            {
                await writer.AppendAsync(SpoolLine.Encode(Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}""")), CancellationToken.None);
            }
        }

        string segment = Assert.Single(Segments());
        byte[] content = await File.ReadAllBytesAsync(segment);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(segment, [.. content, .. "0000ffff 12345678 {\"id\":\"torn"u8]);
        FakeHost host = new();
        await using SinkUnderTest next = new(_folder.Path, host);
        await next.ReportAsync("d");
        await next.Sink.DisposeAsync();

        Assert.Equal(["a", "c", "d"], host.Stored);
        Assert.Equal(1, next.Count("lost"));
        Assert.Empty(Segments());
        string kept = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "set-aside"), "*.damaged"));
        Assert.Contains(kept, Assert.Single(next.Logs.GetSnapshot(), record => record.Id.Name == "SpoolDamaged").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_goes_on_takes_over_from_one_that_dies_beside_it()
    {
        FakeTimeProvider clock = new();
        FakeHost host = new();
        await using SinkUnderTest living = new(_folder.Path, host, time: clock);
        using (SpoolLane lane = SpoolLane.Create(_folder.Path))
        {
            await using SpoolWriter writer = new(lane);
            await writer.AppendAsync(SpoolLine.Encode("""{"id":"a"}"""u8), CancellationToken.None);
        }

        Task sent = host.RequestsAsync(1);
        while (!sent.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        await sent;
        Assert.Equal(["a"], host.Stored);
    }

    [Fact]
    public async Task Two_processes_share_a_folder_and_each_sends_its_own()
    {
        FakeHost one = new(), other = new();
        await using (SinkUnderTest first = new(_folder.Path, one))
        await using (SinkUnderTest second = new(_folder.Path, other))
        {
            await Task.WhenAll(first.ReportAsync("a", "b"), second.ReportAsync("c", "d"));
        }

        Assert.Equal(["a", "b"], one.Stored);
        Assert.Equal(["c", "d"], other.Stored);
    }

    [Fact]
    public async Task Reports_made_at_the_same_time_share_a_flush_of_the_device()
    {
        using SpoolLane lane = SpoolLane.Create(_folder.Path);
        await using SpoolWriter writer = new(lane);
        byte[] line = SpoolLine.Encode("{}"u8);

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => writer.AppendAsync(line, CancellationToken.None)));

        Assert.InRange(writer.Flushes, 1, 500);
        Assert.Equal(1000 * line.Length, new FileInfo(Assert.Single(lane.Segments())).Length);
    }

    [Fact]
    public async Task A_full_spool_refuses_with_what_to_do_and_counts_and_what_it_holds_is_sent()
    {
        FakeHost host = Away;
        await using SinkUnderTest app = new(_folder.Path, host, options => options.SpoolLimitMb = 1);
        string long600 = new('x', 600_000);
        await app.Sink.ReportAsync(Reports.Create("a", long600));

        SpoolFullException failure =
            await Assert.ThrowsAsync<SpoolFullException>(() => app.Sink.ReportAsync(Reports.Create("b", long600)).AsTask());

        Assert.Contains("Unlearning:Host:SpoolLimitMb", failure.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (app.Count("spooled"), app.Count("lost")));
        host.Answer = (_, _) => null;
        await app.Sink.DisposeAsync();
        Assert.Equal(["a"], host.Stored);
    }

    [Fact]
    public async Task An_incident_too_long_for_the_Host_is_not_acknowledged()
    {
        await using SinkUnderTest app = new(_folder.Path, new FakeHost());
        await Assert.ThrowsAsync<ArgumentException>(
            () => app.Sink.ReportAsync(Reports.Create("a", new string('x', 1 << 20))).AsTask());
        Assert.Equal((0, 1), (app.Count("spooled"), app.Count("lost")));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_fails_reports_not_the_app()
    {
        string file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        await using SinkUnderTest app = new(file, new FakeHost());
        await Assert.ThrowsAnyAsync<IOException>(() => app.Sink.ReportAsync(Reports.Create("a")).AsTask());
        Assert.Equal(1, app.Count("lost"));
        Assert.Contains(app.Logs.GetSnapshot(), record => record.Id.Name == "NoSpool");

        File.Delete(file);
        await app.ReportAsync("b");
        Assert.Equal(1, app.Count("spooled"));
    }

    [SkippableFact]
    public async Task Only_the_owner_can_read_the_spool()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SkipException("Windows has other permissions.");
        }

        await using SinkUnderTest app = new(Path.Combine(_folder.Path, "spool"), Away);
        await app.ReportAsync("a");
        foreach (string file in new[] { Assert.Single(Segments()), Path.Combine(_folder.Path, "spool", "spool.key") })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(_folder.Path, "spool")));
    }

    private string[] Segments() => Directory.GetFiles(_folder.Path, "*.log", SearchOption.AllDirectories);

    private IEnumerable<string> OnDisk() => Segments().Order(StringComparer.Ordinal)
        .SelectMany(segment =>
        {
            using FileStream file = new(segment, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return SegmentContent.Of(content, SpoolKeys.Open(_folder.Path, "")).Records;
        })
        .Select(record => (string)System.Text.Json.Nodes.JsonNode.Parse(record.Span)!["id"]!);
}
