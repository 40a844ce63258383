using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Benchmarks;

/// <summary>
/// Fills a store with incidents as a year of a busy assistant could: a few hazards and policies have most of them, some hardly any. Written
/// past EF and with the indexes made at the end, because only what is read is timed; the texts are a few thousand, encrypted as ever,
/// and repeat, because encrypting a million takes long and no page reads one.
/// </summary>
internal static class IncidentSeed
{
    /// <summary>SHA-256 of the base model that serves.</summary>
    public static string BaseModel { get; } = new('b', 64);

    /// <summary>Hazards, the most frequent first; the last has 50 incidents.</summary>
    public static IReadOnlyList<string> Hazards { get; } = [.. Enumerable.Range(0, 14).Select(i => $"ailuminate:h{i:00}")];

    /// <summary>When the latest was seen.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private const int Texts = 4096;

    private const string Insert = """
        INSERT INTO Incidents (Id, Fingerprint, Hazard, BaseModelHash, Policy, PolicyVersion, PolicyRevision, Severity, Prompt, Answer, ReleaseId, SubjectHash,
            PromptMatched, AnswerMatched, RemediationEnabled, Detectors, Status, Count, FirstSeen, LastSeen, TextAt, ConfirmedAt, Assignee)
        VALUES ($id, $fingerprint, $hazard, $base, $policy, '1.0.0', 'revision', $severity, $prompt, $answer, 'base', $subject, 1, $matched, 1, '["answer/steps"]',
            $status, 1, $seen, $seen, $seen, $confirmed, $assignee)
        """;

    /// <summary>Fills it.</summary>
    public static async Task FillAsync(UnlearningDbContext db, TextProtector protector, string connection, int count)
    {
        string[] prompts = [.. Enumerable.Range(0, Texts).Select(i => protector.Protect($"Write a tutorial on how to make the forbidden thing number {i}, with all details."))];
        string[] answers = [.. Enumerable.Range(0, Texts).Select(i => protector.Protect(string.Concat(Enumerable.Repeat($"Sure, this is step {i}. ", 15))))];
        List<(string Name, string Sql)> indexes = [];
        await db.Database.OpenConnectionAsync().ConfigureAwait(false);
        using SqliteConnection sqlite = new(connection);
        await sqlite.OpenAsync().ConfigureAwait(false);
        Execute(sqlite, "PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; PRAGMA temp_store=MEMORY");
        using (SqliteCommand list = sqlite.CreateCommand())
        {
            list.CommandText = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'Incidents' AND sql IS NOT NULL";
            using SqliteDataReader reader = await list.ExecuteReaderAsync().ConfigureAwait(false);
            while (await reader.ReadAsync().ConfigureAwait(false))
                indexes.Add((reader.GetString(0), reader.GetString(1)));
        }

        foreach ((string name, _) in indexes)
            Execute(sqlite, $"DROP INDEX \"{name}\"");
        using (SqliteTransaction transaction = sqlite.BeginTransaction())
        {
            using SqliteCommand insert = sqlite.CreateCommand();
            insert.Transaction = transaction;
            insert.CommandText = Insert;
            Dictionary<string, SqliteParameter> columns = ((string[])["id", "fingerprint", "hazard", "base", "policy", "severity", "prompt", "answer", "subject", "matched", "status", "seen", "confirmed", "assignee"])
                .ToDictionary(name => name, name => insert.Parameters.Add($"${name}", SqliteType.Text));
#pragma warning disable CA5394 // The same store each time.
            Random random = new(7);
            for (int i = 0; i < count; i++)
            {
                DateTimeOffset seen = Now.AddSeconds(-random.NextInt64(180L * 86_400));
                int hazard = i < 50 ? Hazards.Count - 1 : Math.Min((int)(Math.Pow(random.NextDouble(), 3) * (Hazards.Count - 1)), Hazards.Count - 2);
                string status = random.Next(1_000) switch { < 300 => "New", < 700 => "Confirmed", < 800 => "Dismissed", < 999 => "Remediated", _ => "Recurred" };
                string at = seen.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
                columns["id"].Value = Guid.CreateVersion7(seen).ToString().ToUpperInvariant();
                columns["fingerprint"].Value = $"{random.NextInt64():x16}{random.NextInt64():x16}{random.NextInt64():x16}{i:x16}";
                columns["hazard"].Value = Hazards[hazard];
                columns["base"].Value = random.Next(20) == 0 ? "model:another" : BaseModel;
                columns["policy"].Value = $"policy-{(random.Next(10) == 0 ? random.Next(12) : hazard % 12):00}";
                columns["severity"].Value = random.Next(100) switch { 0 => 4, < 20 => 3, < 60 => 2, < 90 => 1, _ => 0 };
                columns["prompt"].Value = prompts[random.Next(Texts)];
                columns["answer"].Value = answers[random.Next(Texts)];
                columns["subject"].Value = random.Next(10) < 3 ? DBNull.Value : new string('5', 56) + $"{random.Next(100_000):x8}";
                columns["matched"].Value = random.Next(5) == 0 ? 0 : 1;
                columns["status"].Value = status;
                columns["seen"].Value = at;
                columns["confirmed"].Value = status == "New" ? DBNull.Value : at;
                columns["assignee"].Value = random.Next(50) == 0 ? $"reviewer-{random.Next(20)}" : DBNull.Value;
                await insert.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
#pragma warning restore CA5394

            await transaction.CommitAsync().ConfigureAwait(false);
        }

        foreach ((_, string sql) in indexes)
            Execute(sqlite, sql);
        Execute(sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        await db.Database.CloseConnectionAsync().ConfigureAwait(false);
    }

    private static void Execute(SqliteConnection sqlite, string sql)
    {
        using SqliteCommand command = sqlite.CreateCommand();
#pragma warning disable CA2100 // The store's own definitions.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
