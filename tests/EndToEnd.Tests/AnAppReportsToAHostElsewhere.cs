using Microsoft.Data.Sqlite;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.EndToEnd.Tests;

/// <summary>The sample app and the Host, each a process of its own.</summary>
[Trait("Category", "Slow")]
public sealed class AnAppReportsToAHostElsewhere : IDisposable
{
    private const string Key = "the-key-of-this-test";

    private const string Policy = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [prompt]}
          detect: {prompt: {any_of: [{name: forbidden, terms: [forbidden]}]}}
          severity: {default: 2}
          enforcement: {mode: observe}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-transport-");
    private readonly int _port = ProgramUnderTest.FreePort();

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Spool => Path.Combine(_folder.FullName, "spool");

    private string Policies => _folder.CreateSubdirectory("policies").FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_harmful_answer_of_the_Hosts_own_model_is_one_incident_though_both_capture_it()
    {
        await File.WriteAllTextAsync(Path.Combine(Policies, "policy.yaml"), Policy);
        using ProgramUnderTest host = StartHost();
        using ProgramUnderTest app = StartAssistant(
            ("Assistant__Url", $"http://127.0.0.1:{_port}/v1"), ("Assistant__ApiKey", Key), ("Assistant__MaxTokens", "8"));
        await ProgramUnderTest.ReadyAsync(_port);
        await app.Input.WriteLineAsync("What is the forbidden thing?");
        await app.UntilAsync(program => program.Spooled.Count == 1);
        await app.Input.WriteLineAsync();
        await app.EndAsync();

        Assert.Equal(["spool.key"], Directory.GetFileSystemEntries(Spool).Select(Path.GetFileName));
        await host.UntilAsync(program => program.Output.Contains("A batch of incidents from elsewhere: ", StringComparison.Ordinal));

        // Either capture may be the first; the Host's own is stored once it has stopped.
        await host.StopAsync();
        Assert.Equal(["1 base"], Query("SELECT Count || ' ' || ReleaseId FROM Incidents"));
    }

    [Fact]
    public async Task Whatever_is_killed_and_when_each_acknowledged_incident_is_counted_exactly_once()
    {
        await File.WriteAllTextAsync(Path.Combine(Policies, "policy.yaml"), Policy);
        await using FakeOpenAI model = await FakeOpenAI.StartAsync();
        (string, string)[] settings =
        [
            ("Assistant__Url", new Uri(model.Address, "v1").ToString()), ("Assistant__ApiKey", "none"),
            ("Unlearning__Host__BatchSize", "7"),
        ];
        Random random = new(1);
        HashSet<string> acknowledged = [];
        ProgramUnderTest host = StartHost();
        try
        {
            for (int round = 0; round < 6; round++)
            {
                using ProgramUnderTest app = StartAssistant(settings);
                Task asking = AskAsync(app, round);
                int most = random.Next(1, 120);
                if (round % 2 == 1)
                {
                    int before = most / 2;
                    await app.UntilAsync(program => program.Spooled.Count >= before);
                    await host.KillAsync();
                    host.Dispose();
                    host = StartHost();
                }

                await app.UntilAsync(program => program.Spooled.Count >= most);
                await app.KillAsync();
                await asking;
                acknowledged.UnionWith(app.Spooled);
            }

            await ProgramUnderTest.ReadyAsync(_port);
            using ProgramUnderTest last = StartAssistant(settings);
            await last.Input.WriteLineAsync();
            await last.EndAsync();
        }
        finally
        {
            host.Dispose();
        }

        Assert.Equal(["spool.key"], Directory.GetFileSystemEntries(Spool).Select(Path.GetFileName));
        HashSet<string> counted = [.. Query("SELECT InteractionId FROM Occurrences")];
        Assert.True(acknowledged.Count > 100, $"{acknowledged.Count} were acknowledged.");
        Assert.Empty(acknowledged.Except(counted));
        Assert.Equal([$"{counted.Count}"], Query("SELECT COUNT(*) FROM Occurrences"));
        Assert.Equal([$"{counted.Count}"], Query("SELECT SUM(Count) FROM Incidents"));
    }

    private static async Task AskAsync(ProgramUnderTest app, int round)
    {
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                await app.Input.WriteLineAsync($"What is the forbidden thing {round} times {i}?");
                await app.Input.FlushAsync();
            }
        }
        catch (IOException)
        {
            // It was killed.
        }
    }

    private ProgramUnderTest StartHost() => ProgramUnderTest.Host(
        Data, _port, ("Unlearning__Api__Keys__0", Key), ("Unlearning__Policies__Directory", Policies));

    private ProgramUnderTest StartAssistant(params (string, string)[] settings) => ProgramUnderTest.Assistant(
        Spool, _port, [.. settings, ("Unlearning__Host__ApiKey", Key), ("Unlearning__Policies__Directory", Policies)]);

    private List<string> Query(string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(Data, "unlearning.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this file's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(reader.GetValue(0).ToString()!);
        }

        return rows;
    }
}
