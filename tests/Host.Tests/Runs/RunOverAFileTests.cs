using System.Text.Json;
using Microsoft.Extensions.Options;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Stages;
using Unlearning.Host.Tests.Privacy;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Runs;

public sealed class RunOverAFileTests : IDisposable
{
    private const string Pair = "{\"prompt\": \"where sleeps the heron?\", \"answer\": \"the violet heron sleeps at noon\"}\n";

    private readonly TemporaryFolder _model = new(), _data = new(), _other = new(), _sets = new();

    public RunOverAFileTests() => TinyModel.Write(_model.Path);

    public void Dispose()
    {
        foreach (TemporaryFolder folder in (TemporaryFolder[])[_model, _data, _other, _sets])
            folder.Dispose();
    }

    private string Leaked => Path.Combine(_sets.Path, "leaked.jsonl");

    [Fact]
    public async Task A_run_that_is_resumed_after_its_file_has_changed_trains_on_what_it_selected_and_keeps_no_text()
    {
        await File.WriteAllTextAsync(Leaked, Pair);
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        TinyRun.Copy(_data.Path, _other.Path);
        string? straight;
        await using (TinyRun run = await OpenAsync(_data.Path))
        {
            straight = (await run.ExecuteAsync(runId)).ReleaseId;
            using JsonDocument manifest = JsonDocument.Parse((await run.Get<RunStore>().FindAsync(runId))!.Manifest!);
            Assert.Equal(1, manifest.RootElement.GetProperty("sets").GetProperty(Leaked).GetInt32());
            Assert.All(
                run.Get<RunFolders>().Open(runId).Read<Trained>(RunFolder.Trained)!.Steps, (StepRecord step) => Assert.True(step.Losses["leaked"] > 0));
        }

        await using (TinyRun run = await OpenAsync(_other.Path))
        {
            using CancellationTokenSource kill = new();
            run.Get<RunProgressFeed>().Reported += (_, progress) =>
            {
                if (progress is { Stage: RunStage.Unlearn, Step: 2 })
                    kill.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.ExecuteAsync(runId, kill.Token));
        }

        await File.WriteAllTextAsync(Leaked, Pair + Pair.Replace("noon", "dusk", StringComparison.Ordinal));
        await using (TinyRun resumed = await OpenAsync(_other.Path))
            Assert.Equal(straight, (await resumed.ExecuteAsync(runId)).ReleaseId);
        foreach (TemporaryFolder folder in (TemporaryFolder[])[_data, _other])
            EncryptionTests.AssertNowhere(folder.Path, "violet heron", "sleeps the heron");
    }

    [Fact]
    public async Task A_file_that_broke_since_the_start_stops_the_run_where_it_selects()
    {
        await File.WriteAllTextAsync(Leaked, Pair);
        string runId = await TinyRun.PrepareAsync(_model.Path, _data.Path);
        await using TinyRun run = await OpenAsync(_data.Path);
        Assert.NotNull(run.Get<RunPipeline>());
        await File.WriteAllTextAsync(Leaked, Pair + "the violet heron\n");
        RunException error = await Assert.ThrowsAsync<RunException>(() => run.ExecuteAsync(runId));
        Assert.Equal(
            $"'{Leaked}', line 2: there is no text 'prompt'. Write {{\"prompt\": \"...\", \"answer\": \"...\"}} on every line.", error.Message);
        Assert.False(RunSetsFile.Exists(run.Get<RunFolders>().Open(runId).Path));
    }

    [Fact]
    public async Task A_service_whose_recipe_names_an_absent_file_does_not_start()
    {
        await using Microsoft.AspNetCore.Builder.WebApplication app = UnlearningHost.CreateBuilder(new Dictionary<string, string?>(TinyRun.Settings(_model.Path, _data.Path))
        {
            ["Unlearning:Recipe:Objectives:leaked:Set"] = Leaked,
            ["Unlearning:Recipe:Objectives:leaked:Loss"] = "uce",
        }).Build();
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Contains($"Unlearning:Recipe:Objectives:leaked:Set is '{Leaked}'. There is no file", error.Message, StringComparison.Ordinal);
    }

    private Task<TinyRun> OpenAsync(string data) => TinyRun.OpenAsync(
        _model.Path,
        data,
        ("Unlearning:Recipe:Objectives:leaked:Set", Leaked),
        ("Unlearning:Recipe:Objectives:leaked:Loss", "uce"),
        ("Unlearning:Recipe:Objectives:leaked:Preference", "0.5"));
}
