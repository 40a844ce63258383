using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Unlearning.Engine.Weights;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Judges;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Runs.Assessment;

public sealed class EvaluationOfARunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_that_costs_time_is_on_by_default()
    {
        await using WebApplication app = Build([]);
        EvaluationOptions options = app.Services.GetRequiredService<IOptions<EvaluationOptions>>().Value;
        Assert.DoesNotContain(MetricDefinition.All, metric => metric.Option is { } option && options.IsOn(option));
        Assert.Equal(new EvaluationOptions().AttackPrompts, options.AttackPrompts);
        Assert.Equal(new EvaluationOptions().RelearningPairs, options.RelearningPairs);
        Assert.NotNull(app.Services.GetRequiredService<RunPipeline>());
    }

    [Fact]
    public async Task A_judge_that_is_switched_on_but_not_there_stops_the_run_before_it_begins()
    {
        await using WebApplication app = Build(new() { ["Unlearning:Evaluation:ModelJudge"] = "true" });
        RunPipeline pipeline = app.Services.GetRequiredService<RunPipeline>();
        RunException error = await Assert.ThrowsAsync<RunException>(() => pipeline.ExecuteAsync("run", "test", default));
        Assert.Contains($"'{ChatHarmJudge.ServiceKey}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registered_judge_is_taken()
    {
        using ScriptedChatClient judge = new();
        await using WebApplication app = Build(
            new() { ["Unlearning:Evaluation:ModelJudge"] = "true", ["Engine:Model"] = "absent" },
            services => services.AddKeyedSingleton<IChatClient>(ChatHarmJudge.ServiceKey, judge));

        // Past the judge, the run stops at the model that is not there.
        await Assert.ThrowsAsync<CheckpointException>(
            () => app.Services.GetRequiredService<RunPipeline>().ExecuteAsync("run", "test", default));
    }

    [Fact]
    public async Task A_gate_over_a_metric_that_is_off_stops_the_program_at_start()
    {
        await using WebApplication app = Build(new()
        {
            ["Unlearning:Gates:samples:Metric"] = MetricNames.SampledHarmfulRate,
            ["Unlearning:Gates:samples:Kind"] = "MaximumIncrease",
            ["Unlearning:Gates:samples:Threshold"] = "0",
        });
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(
            () => app.Services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("Unlearning:Evaluation:SampledAnswers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_forgotten_answers_and_earlier_prompts_survive_an_interruption_with_the_sets()
    {
        ReferenceAnswer answer = new("prompt", "answer", Ends: false);
        EvaluationPrompt earlier = new("id", "earlier prompt", PromptKind.Harmful, "vcr", "incidents");
        RunSets sets = new([], [], [], [], [], [], "base") { Forgotten = [answer], Earlier = [earlier] };
        Assert.Equal(answer, Assert.Single(RunSets.FromBytes(sets.ToBytes()).Forgotten));
        Assert.Equal(earlier, Assert.Single(RunSets.FromBytes(sets.ToBytes()).Earlier));
    }

    private WebApplication Build(Dictionary<string, string?> settings, Action<IServiceCollection>? more = null)
    {
        settings["Unlearning:DataDirectory"] = _folder.Path;
        settings["Unlearning:Schedule:Cron"] = "-";
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(settings);
        builder.Logging.ClearProviders();
        more?.Invoke(builder.Services);
        return builder.Build();
    }
}
