using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Unlearning.Engine.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Incidents;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Privacy;

public sealed class EncryptionTests
{
    private const string Said = "the harmful answer";

    [Fact]
    public async Task Text_is_read_as_it_was_written_and_is_in_no_file()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Incident incident = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("f", Said)]));
        (RunRecord run, _) = await store.Runs.StartAsync("the schedule", null);
        await store.Runs.FailAsync(run.RunId, $"failed on '{Said}'");

        Assert.Equal(("prompt of f", Said), ((await store.Incidents.FindAsync(incident.Id))!.Prompt, (await store.Incidents.FindAsync(incident.Id))!.Answer));
        Assert.Equal($"failed on '{Said}'", (await store.Runs.FindAsync(run.RunId))!.Error);
        AssertNowhere(store.Path, Said, "prompt of f");
    }

    [Fact]
    public async Task Plain_text_of_an_older_version_is_readable_and_encrypted_by_the_migration()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Incident incident = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("f", Said)]));
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        await db.Database.ExecuteSqlAsync($"UPDATE Incidents SET Answer = {Said}, Prompt = 'an old prompt'");
        Assert.Equal(Said, (await store.Incidents.FindAsync(incident.Id))!.Answer);

        await PlaintextMigration.EncryptAsync(db, default);
        Assert.Equal(("an old prompt", Said), ((await store.Incidents.FindAsync(incident.Id))!.Prompt, (await store.Incidents.FindAsync(incident.Id))!.Answer));
        SqliteConnection.ClearAllPools();
        AssertNowhere(store.Path, Said, "an old prompt");
    }

    [Fact]
    public async Task A_store_of_the_first_version_is_migrated_with_its_texts_dated()
    {
        using TemporaryFolder folder = new();
        await using ServiceProvider services = TemporaryStore.Open(folder.Path, TimeProvider.System);
        await using UnlearningDbContext db = await services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        await db.GetService<IMigrator>().MigrateAsync("Initial");
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO Incidents (Id, Fingerprint, Hazard, BaseModelHash, Policy, PolicyVersion, PolicyRevision, Severity, Prompt, Answer, ReleaseId,
                PromptMatched, AnswerMatched, RemediationEnabled, Status, Count, FirstSeen, LastSeen)
            VALUES ('A0000000-0000-0000-0000-000000000001', 'f', 'h', 'b', 'p', '1', 'r', 3, 'an old prompt', {Said}, 'base', 1, 1, 1, 'Confirmed', 1,
                '2026-01-01 00:00:00', '2026-02-01 00:00:00')
            """);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO Occurrences (IncidentId, InteractionId, ReleaseId, AnswerMatched, Recurrence, At)
            VALUES ('A0000000-0000-0000-0000-000000000001', 'i', 'base', 1, 0, '2026-02-01 00:00:00')
            """);
        await db.Database.MigrateAsync();
        await PlaintextMigration.EncryptAsync(db, default);

        Incident incident = Assert.Single(await db.Incidents.AsNoTracking().ToListAsync());
        Assert.Equal((Said, new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)), (incident.Answer, incident.TextAt));
        Assert.Equal((0, null, null, null), (incident.Detectors.Count, incident.Refused, incident.Complete, incident.ModelId));
        IncidentOccurrence occurrence = Assert.Single(await db.Occurrences.AsNoTracking().ToListAsync());
        Assert.Equal((0, "", "", null, null), (occurrence.Detectors.Count, occurrence.Policy, occurrence.PolicyRevision, occurrence.Refused, occurrence.Function));
        SqliteConnection.ClearAllPools();
        AssertNowhere(folder.Path, Said, "an old prompt");
    }

    [Fact]
    public void The_sets_of_a_run_are_encrypted_and_their_bytes_come_back()
    {
        using TemporaryFolder folder = new();
        TextProtector protector = Protector(folder.Path);
        RunSets sets = new([new AnswerExample("7", [1, 2, 3], [false, true, true])], [], [], [], [], [Guid.NewGuid()], "base")
        {
            Forgotten = [new ReferenceAnswer("an old prompt", Said, Ends: false)],
        };
        RunSetsFile.Write(folder.Path, sets, protector);
        Assert.Equal(sets.ToBytes(), RunSetsFile.Read(folder.Path, Protector(folder.Path)).ToBytes());
        AssertNowhere(folder.Path, Said, "\"Forgotten\"", "[1,2,3]");

        File.WriteAllBytes(Path.Combine(folder.Path, "sets.json"), sets.ToBytes());
        Assert.Equal(sets.ToBytes(), RunSetsFile.Read(folder.Path, protector).ToBytes());
    }

    [Fact]
    public void Another_key_ring_is_one_error_that_names_the_folder_and_the_fix()
    {
        using TemporaryFolder folder = new();
        Protector(folder.Path).Check();
        Protector(folder.Path).Check();
        string stored = Protector(folder.Path).Protect(Said);
        Directory.Move(Path.Combine(folder.Path, "keys"), Path.Combine(folder.Path, "elsewhere"));

        KeyRingException missing = Assert.Throws<KeyRingException>(Protector(folder.Path).Check);
        Directory.CreateDirectory(Path.Combine(folder.Path, "keys"));
        KeyRingException empty = Assert.Throws<KeyRingException>(Protector(folder.Path).Check);
        foreach (KeyRingException failure in new[] { missing, empty, Assert.Throws<KeyRingException>(() => Protector(folder.Path).Unprotect(stored)) })
        {
            Assert.Contains($"'{Path.Combine(folder.Path, "keys")}'", failure.Message, StringComparison.Ordinal);
            Assert.Contains("Unlearning:Privacy:KeyRing", failure.Message, StringComparison.Ordinal);
        }

        TextProtector elsewhere = Protector(folder.Path, "elsewhere");
        elsewhere.Check();
        Assert.Equal(Said, elsewhere.Unprotect(stored));
    }

    [Theory]
    [InlineData("")]
    [InlineData("enc:1:")]
    [InlineData("enc:1:not base 64 at all!")]
    [InlineData("ordinary")]
    public void Text_without_the_mark_of_encryption_is_read_as_it_is(string text)
    {
        using TemporaryFolder folder = new();
        TextProtector protector = Protector(folder.Path);
        if (text != "enc:1:")
            Assert.Equal(text, protector.Unprotect(text));
        Assert.Equal(text, protector.Unprotect(protector.Protect(text)));
    }

    /// <summary>Searches every file of a folder, as bytes.</summary>
    internal static void AssertNowhere(string folder, params string[] texts)
    {
        // Locks are empty, and whoever holds one lets nobody read it.
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not ("service.lock" or "lock")))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            foreach (string text in texts)
            {
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) < 0, $"{file} holds '{text}'");
                Assert.True(bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) < 0, $"{file} holds '{text}'");
            }
        }
    }

    private static TextProtector Protector(string folder, string? ring = null) =>
        new(new DataFolder(folder), Options.Create(new PrivacyOptions { KeyRing = ring }));
}
