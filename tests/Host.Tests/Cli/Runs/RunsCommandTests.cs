using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Cli.Runs;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Cli.Runs;

public sealed class RunsCommandTests
{
    [Theory]
    [InlineData("pass", "completed", 0)]
    [InlineData("fail", "completed", 2)]
    [InlineData("inconclusive", "completed", 2)]
    [InlineData(null, "failed", 1)]
    public async Task A_watched_run_ends_with_the_exit_code_of_what_became_of_it(string? verdict, string state, int expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true, runs: true, configure: host =>
            ((FakePipeline)host.Services.GetRequiredService<IRunPipeline>()).Work = (_, _) => verdict is null
                ? throw new RunException("The disk is full", "Free some space")
                : Task.FromResult(new RunOutcome(verdict, "0123456789abcdef", "It came to its end.")));
        VerbRun watched = await RunAsync(host, "start", "--reason", "a test", "--watch", "--json");
        Assert.True(expected == watched.Code, watched.Errors);
        JsonElement run = JsonDocument.Parse(watched.Output).RootElement;
        Assert.Equal(state, run.GetProperty("state").GetString());
        if (verdict is null)
            Assert.Equal("Free some space.", run.GetProperty("nextStep").GetString());

        VerbRun shown = await RunAsync(host, "show");
        Assert.Equal(0, shown.Code);
        Assert.Contains(verdict is null ? "next     Free some space." : "outcome  It came to its end.", shown.Output, StringComparison.Ordinal);
        Assert.Equal(expected, (await RunAsync(host, "watch")).Code);
        Assert.Contains(state, (await RunAsync(host, "list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(host, "pause", "--reason", "late")).Code);
    }

    [Fact]
    public async Task A_run_under_way_is_shown_with_stage_step_and_losses_and_stopped()
    {
        await using ApiHost host = await ApiHost.StartAsync(
            incidents: true, runs: true, configure: host => ((FakePipeline)host.Services.GetRequiredService<IRunPipeline>()).RunForever());
        Assert.Equal(0, (await RunAsync(host, "start", "--reason", "a test")).Code);
        await ((FakePipeline)host.Services.GetRequiredService<IRunPipeline>()).Began.Task;
        await JobHost.Eventually(async () => (await RunAsync(host, "show")).Output.Contains("stage    unlearn 3/40", StringComparison.Ordinal));
        Assert.Contains("losses   forget 0.500", (await RunAsync(host, "show")).Output, StringComparison.Ordinal);
        Assert.Contains("pause wanted", (await RunAsync(host, "pause", "--reason", "noon")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(host, "cancel", "--reason", "not tonight")).Code);
        Assert.Equal(0, (await RunAsync(host, "watch")).Code);
    }

    [Fact]
    public void Whoever_watches_sees_step_losses_angles_and_the_time_left()
    {
        RunStatus run = new()
        {
            RunId = "run",
            State = "running",
            Stage = "unlearn",
            Step = 3,
            TotalSteps = 20,
            Losses = new Dictionary<string, double> { ["forget"] = 0.5, ["retain"] = 3 },
            Angles = new Dictionary<string, double> { ["forget/retain"] = 131.4, ["forget/normal"] = 88 },
            Remaining = TimeSpan.FromMinutes(75),
        };
        Assert.Equal(
            "running           unlearn   3/20      1 h 15 min left  loss forget 0.50, retain 3.00  1 of 2 pairs conflict, up to 131°", RunText.OneLine(run));
        using StringWriter table = new();
        RunText.Table(table, [run]);
        Assert.Contains("1 h 15 min", table.ToString(), StringComparison.Ordinal);
    }

    private static Task<VerbRun> RunAsync(ApiHost host, params string[] arguments) =>
        VerbRun.OfAsync(RunsCommand.Create(), [.. arguments, "--url", host.Http.BaseAddress!.ToString()]);
}
