using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Engine.Text;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Incidents.Review;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Privacy;

public sealed class ErasureTests
{
    [Fact]
    public async Task What_one_subject_said_is_gone_and_what_others_said_stays()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        (string jane, string john) = (Hash(store, "jane"), Hash(store, "john"));
        Incident own = await RecordAsync(store, "own", "said to jane alone", jane);
        Incident lastJane = await RecordAsync(store, "shared", "said to john first", john);
        await RecordAsync(store, "shared", "said to jane last", jane);
        Incident lastJohn = await RecordAsync(store, "other", "said to jane first", jane);
        await RecordAsync(store, "other", "said to john last", john);

        Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane, "--dry"));
        Assert.Contains("would erase 1 incident, the text of 1 more incident, 3 occurrences", Output, StringComparison.Ordinal);
        Assert.NotNull(await store.Incidents.FindAsync(own.Id));

        Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane, "--json"));
        JsonNode report = JsonNode.Parse(Output)!;
        Assert.Equal((1, 1, 3), ((int)report["incidents"]!, (int)report["texts"]!, (int)report["occurrences"]!));
        Assert.Null(await store.Incidents.FindAsync(own.Id));
        Incident emptied = (await store.Incidents.FindAsync(lastJane.Id))!, kept = (await store.Incidents.FindAsync(lastJohn.Id))!;
        Assert.Equal(("", 1, null), (emptied.Answer, emptied.Count, emptied.SubjectHash));
        Assert.Equal(("said to john last", 1, john), (kept.Answer, kept.Count, kept.SubjectHash));

        Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane));
        Assert.Contains("erased 0 incidents", Output, StringComparison.Ordinal);
        SqliteConnection.ClearAllPools();
        EncryptionTests.AssertNowhere(store.Path, jane);
    }

    [Fact]
    public async Task Comments_on_what_a_subject_was_seen_in_are_gone_too_whoever_it_is_shared_with()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        (string jane, string john) = (Hash(store, "jane"), Hash(store, "john"));
        Incident own = await RecordAsync(store, "own", "said to jane", jane), shared = await RecordAsync(store, "shared", "said to jane", jane);
        await RecordAsync(store, "shared", "said to john", john);
        Incident other = await RecordAsync(store, "other", "said to john", john);
        IIncidentDesk desk = store.DeskOf("alice");
        foreach (Incident one in (Incident[])[own, shared, other])
            await desk.CommentAsync($"{one.Id}", "quoted", default);

        Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane, "--dry"));
        Assert.Contains("2 comments", Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane));
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.Equal(other.Id, Assert.Single(await db.Comments.ToListAsync()).IncidentId);
    }

    [Fact]
    public async Task Runs_that_were_trained_on_it_are_marked_and_their_sets_are_deleted()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        string jane = Hash(store, "jane");
        Incident own = await RecordAsync(store, "own", "said to jane", jane), other = await RecordAsync(store, "other", "said to john", Hash(store, "john"));
        string touched = await TrainAsync(store, own.Id, other.Id), untouched = await TrainAsync(store, other.Id);

        Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane));
        Assert.Contains($"run {touched} is no longer reproducible", Output, StringComparison.Ordinal);
        Assert.NotNull((await store.Runs.FindAsync(touched))!.DataErasedAt);
        Assert.Null((await store.Runs.FindAsync(untouched))!.DataErasedAt);
        Assert.Empty(Directory.GetFiles(RunFolder(store, touched)));
        Assert.Equal(3, Directory.GetFiles(RunFolder(store, untouched)).Length);
    }

    [Fact]
    public async Task It_works_while_the_service_reads_and_writes()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        string jane = Hash(store, "jane");
        Incident own = await RecordAsync(store, "own", "said to jane", jane);
        await using UnlearningDbContext reader = await store.Contexts.CreateDbContextAsync();
        await using (await reader.Database.BeginTransactionAsync(System.Data.IsolationLevel.ReadUncommitted))
        {
            Assert.Equal(0, await RunAsync(store, "erase", "--subject", jane));
        }

        await RecordAsync(store, "later", "said to john", Hash(store, "john"));
        Assert.Null(await store.Incidents.FindAsync(own.Id));
    }

    [Fact]
    public async Task The_hash_of_a_subject_is_read_from_the_argument_or_the_input_and_needs_the_key()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Assert.Equal(1, await RunAsync(store, "subject-hash", "jane"));
        Assert.Contains("fingerprint.key", Errors, StringComparison.Ordinal);
        string jane = Hash(store, "jane");
        Assert.Equal(0, await RunAsync(store, "subject-hash", "jane"));
        Assert.Equal(jane, Output.Trim());
        Assert.Equal(0, await RunAsync(store, "subject-hash"));
        Assert.Equal(Hash(store, "from input"), Output.Trim());
        Assert.Equal(1, await RunAsync(store, "erase", "--subject", "jane"));
        Assert.Contains("64 hex digits", Errors, StringComparison.Ordinal);
    }

    private string Output { get; set; } = "";

    private string Errors { get; set; } = "";

    private static string Hash(TemporaryStore store, string subject) => new Fingerprinter(new DataFolder(store.Path)).HashSubject(subject);

    private static async Task<Incident> RecordAsync(TemporaryStore store, string fingerprint, string answer, string subject) =>
        Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful(fingerprint, answer) with { SubjectHash = subject }]));

    private static string RunFolder(TemporaryStore store, string run) => Path.Combine(store.Path, "runs", run);

    // As the pipeline does it.
    private static async Task<string> TrainAsync(TemporaryStore store, params Guid[] incidents)
    {
        (RunRecord run, _) = await store.Runs.StartAsync("the schedule", null);
        await store.Runs.SaveManifestAsync(run.RunId, "{}", incidents);
        string folder = Directory.CreateDirectory(RunFolder(store, run.RunId)).FullName;
        RunSets sets = new([new AnswerExample("7", [1, 2, 3], [false, true, true])], [], [], [], [], incidents, "base");
        RunSetsFile.Write(folder, sets, store.Services.GetRequiredService<TextProtector>());
        foreach (string file in new[] { "checkpoint.safetensors", "history.json" })
            await File.WriteAllTextAsync(Path.Combine(folder, file), "");
        await store.Runs.FailAsync(run.RunId, "stopped");
        return run.RunId;
    }

    private async Task<int> RunAsync(TemporaryStore store, params string[] arguments)
    {
        Dictionary<string, string?> settings = new() { ["Unlearning:DataDirectory"] = store.Path };
        using StringReader input = new("from input\n");
        (int code, Output, Errors) = await VerbRun.OfAsync(IncidentsCommand.Create(settings, input), arguments);
        return code;
    }
}
