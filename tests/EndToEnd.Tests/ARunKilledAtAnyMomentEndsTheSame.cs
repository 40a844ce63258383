using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Unlearning.Host.Tests.Runs;

namespace Unlearning.EndToEnd.Tests;

/// <summary>
/// The real program on a small model, killed by SIGKILL at random moments of one run, again and again.
/// UNLEARNING_KILLS sets how often; the default is for every day.
/// </summary>
[Trait("Category", "Slow")]
public sealed class ARunKilledAtAnyMomentEndsTheSame : IDisposable
{
    private const int Seed = 8, Incidents = 4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-kills-");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Killed_again_and_again()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("UNLEARNING_KILLS") ?? "6", CultureInfo.InvariantCulture);
        string model = _folder.CreateSubdirectory("model").FullName, straight = _folder.CreateSubdirectory("straight").FullName;
        TinyModel.Write(model);
        string runId = await TinyRun.PrepareAsync(model, straight);
        string prepared = Path.Combine(_folder.FullName, "prepared");
        TinyRun.Copy(straight, prepared);

        TimeSpan whole;
        using (ProgramUnderTest host = Start(model, straight))
        {
            long began = TimeProvider.System.GetTimestamp();
            await host.UntilAsync(program => program.Output.Contains($"Run {runId} ended with verdict pass", StringComparison.Ordinal));
            whole = TimeProvider.System.GetElapsedTime(began);
            await host.KillAsync();
        }

        string release = Assert.Single(Releases(straight));
        IReadOnlyDictionary<string, string> content = Files(Path.Combine(straight, "releases", release));
        Random random = new(Seed);
        for (int killed = 0, round = 0; killed < kills; round++)
        {
            // A run that has ended is begun again: there are more kills than moments in one.
            string data = Path.Combine(_folder.FullName, $"killed-{round}");
            TinyRun.Copy(prepared, data);
            while (true)
            {
                using ProgramUnderTest host = Start(model, data);
                if (killed < kills)
                {
                    // Any moment from the program's first instruction on, but late enough that some come far.
                    await Task.WhenAny(host.UntilAsync(program => Ended(program, runId)), Task.Delay(whole * random.NextDouble() * 0.9));
                    await host.KillAsync();
                    killed++;
                    Assert.All(Journal(data), entry => Assert.Equal(release, entry));
                    if (Ended(host, runId))
                        break;
                    continue;
                }

                await host.UntilAsync(program => Ended(program, runId) || State(data, runId) == "Completed");
                await host.KillAsync();
                break;
            }

            Assert.Equal(("Completed", release), (State(data, runId), Query(data, "SELECT ReleaseId FROM Runs")));
            Assert.Equal([release], Journal(data));
            Assert.Equal([release], Releases(data));
            Assert.Equal(content, Files(Path.Combine(data, "releases", release)));
            Assert.Equal($"{Incidents}", Query(data, $"SELECT COUNT(*) FROM Incidents WHERE Status = 'Remediated' AND RemediatedBy = '{release}'"));
            Assert.Equal($"{Incidents}", Query(data, "SELECT COUNT(*) FROM Occurrences"));
        }
    }

    private static bool Ended(ProgramUnderTest program, string runId) =>
        program.Output.Contains($"Run {runId} ended with verdict", StringComparison.Ordinal);

    private static ProgramUnderTest Start(string model, string data) => ProgramUnderTest.Host(
        data,
        ProgramUnderTest.FreePort(),
        [
            .. TinyRun.Settings(model, data).Where(setting => !setting.Key.EndsWith("Port", StringComparison.Ordinal))
                .Select(setting => (setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!)),
        ]);

    private static string[] Releases(string data) =>
        [.. Directory.GetDirectories(Path.Combine(data, "releases")).Select(folder => Path.GetFileName(folder)!)];

    /// <summary>Every release that was ever live, as the journal has it.</summary>
    private static string[] Journal(string data)
    {
        string file = Path.Combine(data, "live-release.jsonl");
        return !File.Exists(file) ? [] :
        [
            .. File.ReadLines(file).Where(line => line.EndsWith('}'))
                .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("entry").GetProperty("releaseId").GetString()!),
        ];
    }

    private static Dictionary<string, string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    private static string State(string data, string runId) => Query(data, $"SELECT State FROM Runs WHERE RunId = '{runId}'");

    private static string Query(string data, string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(data, "unlearning.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this file's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar()?.ToString() ?? "";
    }
}
