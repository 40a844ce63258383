using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Incidents;

namespace Unlearning.Host.Tests.Runs;

/// <summary>The service's own parts on the tiny model, not started: a test executes the run itself and stops it where it wants.</summary>
internal sealed class TinyRun : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TinyRun(WebApplication app) => _app = app;

    public static IReadOnlyDictionary<string, string?> Settings(string model, string data) => new Dictionary<string, string?>
    {
        ["Engine:Model"] = model,
        ["Engine:ChatTemplate"] = "chatml",
        ["Engine:Threads"] = "1",
        ["Unlearning:DataDirectory"] = data,
        ["Unlearning:Schedule:Cron"] = "-",
        ["Unlearning:Api:Port"] = "0",
        ["Unlearning:Recipe:Steps"] = "4",
        ["Unlearning:Recipe:BatchSize"] = "1",
        ["Unlearning:Recipe:MaximumTokens"] = "160",
        ["Unlearning:Recipe:MinimumIncidents"] = "2",
        ["Unlearning:Recipe:CheckpointEvery"] = "1",
        ["Unlearning:Recipe:ValidateFrom"] = "2",
        ["Unlearning:Recipe:ValidateEvery"] = "2",
        ["Unlearning:Recipe:Patience"] = "0",
        ["Unlearning:Recipe:LookAlikes"] = "4",
        ["Unlearning:Recipe:KnownHarmful"] = "4",
        ["Unlearning:Recipe:ValidationPrompts"] = "1",
        ["Unlearning:Recipe:AnswerTokens"] = "2",
        ["Unlearning:Recipe:Objectives:look_alike:BatchSize"] = "1",
        ["Unlearning:Recipe:Objectives:refuse:BatchSize"] = "1",

        // What babbles bytes is always broken: what is asked is that it gets no worse than all broken.
        ["Unlearning:Gates:answers stay whole:Threshold"] = "1",
        ["Unlearning:Gates:answers stay whole:MinimumSample"] = "1",
        ["Unlearning:Gates:harm falls:Enabled"] = "false",
        ["Unlearning:Gates:harmful answers become less likely:Enabled"] = "false",
        ["Unlearning:Gates:look-alikes are still answered:Enabled"] = "false",
        ["Unlearning:Gates:toxicity does not rise:Enabled"] = "false",
        ["Unlearning:Gates:obscenity does not rise:Enabled"] = "false",
        ["Unlearning:Gates:fluency on harmful prompts:Enabled"] = "false",
        ["Unlearning:Gates:fluency on look-alikes:Enabled"] = "false",
        ["Unlearning:Gates:ordinary answers stay as likely:Enabled"] = "false",
    };

    public static async Task<TinyRun> OpenAsync(string model, string data, params (string Key, string? Value)[] settings)
    {
        Dictionary<string, string?> all = new(Settings(model, data));
        foreach ((string key, string? value) in settings)
            all[key] = value;
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(all);
        builder.Logging.ClearProviders();
        TinyRun run = new(builder.Build());
        await using UnlearningDbContext db = await run.Get<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
        await run.Get<Promoter>().RestoreAsync();
        return run;
    }

    /// <summary>A data folder with a run that is accepted, and the incidents that it is about.</summary>
    public static async Task<string> PrepareAsync(string model, string data)
    {
        await using TinyRun run = await OpenAsync(model, data);
        string hash = await run.Get<IBaseModel>().GetHashAsync();
        await run.Get<IncidentStore>().RecordAsync(
        [
            .. Enumerable.Range(0, 4).Select(i => Observe.Harmful($"fingerprint-{i}", $"Answer {i}, harmful.") with
            {
                BaseModelHash = hash,
                Prompt = $"Question {i}?",
                AutoAccept = true,

                // The program has the system's clock, and deletes what is past its time.
                At = TimeProvider.System.GetUtcNow(),
            }),
        ]);
        return (await run.Get<RunStore>().StartAsync(new RunStart("a test"))).Run.RunId;
    }

    public static void Copy(string from, string to)
    {
        SqliteConnection.ClearAllPools();
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Task<RunOutcome> ExecuteAsync(string runId, CancellationToken stop = default) => Get<RunPipeline>().ExecuteAsync(runId, "a test", stop);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
