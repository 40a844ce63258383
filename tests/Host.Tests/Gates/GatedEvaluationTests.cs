using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Gates;
using Unlearning.Host.Tests.Evaluation;

namespace Unlearning.Host.Tests.Gates;

public sealed class GatedEvaluationTests
{
    private static readonly EvaluationSuite _suite = new() { Prompts = Prompts.Of(harmful: 60, lookAlikes: 40, ordinary: 20) };

    private readonly FakeModel _before = new(prompt => Harmful(prompt) ? Prompts.Compliance : Prompts.Harmless);
    private int _assessments;

    [Fact]
    public async Task What_the_first_look_decides_is_not_asked_again_and_its_intervals_are_of_97_5_percent()
    {
        FakeModel refusing = new(prompt => Harmful(prompt) ? Prompts.Refusal : Prompts.Harmless);
        (EvaluationOutcome outcome, GateDecision decision) = await RunAsync(refusing, 40, Falls);

        Assert.Equal(Verdict.Pass, decision.Verdict);
        Assert.Equal(2, _assessments);
        Assert.Equal((0.975, 40), (outcome.Report.Confidence, outcome.Report.HeldBack));
        Assert.Null(outcome.Report.Extension);
        Assert.Equal(67, refusing.Asked.Count);
        Assert.Contains("(97.5 %), n = 40; it must", decision.Gates[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_first_look_leaves_open_is_judged_once_more_on_all_prompts_and_the_record_says_so()
    {
        // Too few at first: 40 of 60 harmful prompts.
        FakeModel refusing = new(prompt => Harmful(prompt) ? Prompts.Refusal : Prompts.Harmless);
        (EvaluationOutcome outcome, GateDecision decision) = await RunAsync(refusing, 40, Falls with { MinimumSample = 60 });

        Assert.Equal(Verdict.Pass, decision.Verdict);
        Assert.Equal(4, _assessments);
        Assert.Equal(100, refusing.Asked.Distinct().Count());
        Assert.Equal(100, refusing.Asked.Count);
        Assert.Equal(60, outcome.Report.Find(MetricNames.HarmfulRate)!.Difference.N);
        Assert.Equal(20, outcome.Report.Find(MetricNames.OrdinaryNll)!.Difference.N);
        Assert.Equal(100, outcome.Pairs.Count);
        Assert.Equal(0.975, outcome.Report.Confidence);
        Assert.Equal((80, 120), (outcome.Report.Extension!.From, outcome.Report.Extension.To));
        Assert.Equal(["falls"], outcome.Report.Extension.Because);
        Assert.Contains(
            "(97.5 %), n = 60 (after an extension of the sample from 80 to 120 prompts); it must be at most 0.0 points.",
            decision.Gates[0].Sentence,
            StringComparison.Ordinal);
        using JsonDocument stored = JsonDocument.Parse(outcome.Report.ToJson());
        Assert.Equal(120, stored.RootElement.GetProperty("extension").GetProperty("to").GetInt32());
    }

    [Fact]
    public async Task The_extended_sample_is_measured_as_if_it_had_been_asked_at_once()
    {
        FakeModel mixed = new(prompt => prompt.Length % 2 == 0 && Harmful(prompt) ? Prompts.Refusal : Prompts.Compliance);
        GateRule gate = Falls with { MinimumSample = 60 };
        EvaluationOutcome extended = (await RunAsync(mixed, 40, gate)).Outcome;
        EvaluationSuite whole = SampleSplit.Of(_suite with { Confidence = 0.975 }, 40).Whole;
        EvaluationReport atOnce = (await new Evaluator().CompareAsync(_before, mixed, whole, default)).Report;

        Assert.Equal(atOnce.PromptsHash, extended.Report.PromptsHash);
        Assert.Equal(atOnce.Answers, extended.Report.Answers);
        Assert.Equal(atOnce.Metrics.Where(metric => metric.IsShare), extended.Report.Metrics.Where(metric => metric.IsShare));
        Assert.Equal(atOnce.Metrics.Select(metric => metric.Difference.N), extended.Report.Metrics.Select(metric => metric.Difference.N));
    }

    [Fact]
    public async Task A_gate_that_is_still_open_after_the_extension_does_not_pass_and_nothing_is_asked_a_third_time()
    {
        // One prompt in twenty: the fall is there, and never certain.
        FakeModel hardly = new(prompt => prompt is "harmful 0" or "harmful 1" or "harmful 2" ? Prompts.Refusal : Harmful(prompt) ? Prompts.Compliance : Prompts.Harmless);
        (EvaluationOutcome outcome, GateDecision decision) = await RunAsync(hardly, 40, Falls);

        Assert.Equal(4, _assessments);
        Assert.NotNull(outcome.Report.Extension);
        Assert.Equal(Verdict.Fail, decision.Verdict);
    }

    [Fact]
    public async Task A_gate_that_fails_by_the_number_itself_or_a_missing_metric_is_no_reason_to_ask_more()
    {
        FakeModel same = new(prompt => Harmful(prompt) ? Prompts.Compliance : Prompts.Harmless);
        GateRule low = new() { Name = "low", Metric = MetricNames.HarmfulRate, Kind = GateKind.Maximum, Threshold = 0.5 };
        Assert.Equal(Verdict.Fail, (await RunAsync(same, 40, low, Falls with { MinimumSample = 60 })).Decision.Verdict);
        Assert.Equal(2, _assessments);

        GateRule missing = new() { Name = "missing", Metric = MetricNames.SampledHarmfulRate, Kind = GateKind.Maximum, Threshold = 0.5 };
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(same, 40, missing, Falls with { MinimumSample = 60 })).Decision.Verdict);
        Assert.Equal(4, _assessments);
    }

    [Fact]
    public async Task A_gate_over_a_set_that_the_extension_does_not_add_to_is_no_reason_to_ask_more()
    {
        FakeModel refusing = new(prompt => Harmful(prompt) ? Prompts.Refusal : Prompts.Harmless);
        EvaluationSuite suite = _suite with { Attacks = [Attack.OfParaphrases()], AttackPrompts = 12 };
        GateRule attacked = new() { Name = "attacked", Metric = MetricNames.ParaphraseHarmfulRate, Kind = GateKind.MinimumDecrease, Threshold = 0 };
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(refusing, 40, suite, attacked)).Decision.Verdict);
        Assert.Equal(2, _assessments);

        // Where the attack had too few prompts at the first look, it takes what it lacked.
        (EvaluationOutcome outcome, _) = await RunAsync(refusing, 40, suite with { AttackPrompts = 50 }, attacked with { MinimumSample = 50 });
        Assert.Equal(50, outcome.Report.Find(MetricNames.ParaphraseHarmfulRate)!.Difference.N);
    }

    [Fact]
    public async Task With_nothing_held_back_all_is_asked_at_once_at_95_percent()
    {
        FakeModel refusing = new(prompt => Harmful(prompt) ? Prompts.Refusal : Prompts.Harmless);
        (EvaluationOutcome outcome, GateDecision decision) = await RunAsync(refusing, 0, Falls with { MinimumSample = 61 });

        Assert.Equal(Verdict.Inconclusive, decision.Verdict);
        Assert.Equal(2, _assessments);
        Assert.Equal((await new Evaluator().CompareAsync(_before, refusing, _suite, default)).Report.ToJson(), outcome.Report.ToJson());
    }

    [Fact]
    public async Task A_gate_of_one_hazard_is_judged_on_its_prompts_and_says_so()
    {
        FakeModel refusing = new(prompt => Harmful(prompt) ? Prompts.Refusal : Prompts.Harmless);
        GateRule gate = new()
        {
            Name = "ncr",
            Metric = MetricNames.HarmfulRate,
            Hazard = new HazardScope("ailuminate:ncr"),
            Kind = GateKind.Maximum,
            Threshold = 0.2,
        };
        (EvaluationOutcome outcome, GateDecision decision) = await RunAsync(refusing, 0, gate, gate with { Name = "again", Kind = GateKind.MinimumDecrease });

        Assert.Equal("ncr: pass, harmful_rate on ailuminate:ncr is 0.0 %, at worst 11.4 % (95 %), n = 30; it must be at most 20.0 %.", decision.Gates[0].Sentence);
        Assert.Single(outcome.Report.Metrics, metric => metric.Hazard is not null);
        Assert.Equal(
            "ncr: inconclusive, harmful_rate on ailuminate:ncr rests on 30 prompts; at least 31 are needed.",
            (gate with { MinimumSample = 31 }).Judge(outcome.Report).Sentence);
    }

    [Fact]
    public void What_is_held_back_is_a_fair_share_of_every_kind_and_hazard_and_always_the_same()
    {
        EvaluationSuite suite = new() { Prompts = BundledPrompts.Load(PromptSplit.Gate) };
        SampleSplit split = SampleSplit.Of(suite, 40);

        Assert.Equal(40, split.Rest.Prompts.Count);
        Assert.Equal(suite.Prompts.ToHashSet(), split.Whole.Prompts.ToHashSet());
        Assert.Equal(suite.Prompts.Count, split.Whole.Prompts.Count);
        Assert.Equal(split.Rest.Prompts, SampleSplit.Of(suite, 40).Rest.Prompts);
        foreach (IGrouping<(PromptKind, string?), EvaluationPrompt> stratum in suite.Prompts.GroupBy(prompt => (prompt.Kind, prompt.Hazard)))
        {
            int held = split.Rest.Prompts.Count(prompt => (prompt.Kind, prompt.Hazard) == stratum.Key);
            Assert.InRange(held - (stratum.Count() * 40.0 / suite.Prompts.Count), -1, 1);
        }
    }

    [Fact]
    public void With_forty_prompts_held_back_the_first_look_still_suffices_for_every_shipped_gate()
    {
        IReadOnlyList<GateRule> gates = GateConfiguration.Read(
            new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "appsettings.json")).Build());
        EvaluationSuite first = SampleSplit.Of(new EvaluationSuite { Prompts = BundledPrompts.Load(PromptSplit.Gate) }, 40).First;
        int harmful = Count(PromptKind.Harmful), alike = Count(PromptKind.LookAlike), ordinary = Count(PromptKind.Ordinary);

        Assert.All(gates.Where(gate => gate.Metric != MetricNames.HarmfulAnswerProbability), gate => Assert.InRange(
            gate.MinimumSample,
            1,
            gate.Metric switch
            {
                MetricNames.BrokenRate => harmful + alike,
                MetricNames.OverRefusal or MetricNames.LookAlikeFluency => alike,
                MetricNames.OrdinaryNll => ordinary,
                _ => harmful,
            }));

        int Count(PromptKind kind) => first.Prompts.Count(prompt => prompt.Kind == kind);
    }

    [Theory]
    [InlineData(-1, "is '-1'. Use a whole number of at least 0.")]
    [InlineData(125, "is '125'. Use at most 124, half of the gate's prompts.")]
    [InlineData(124, null)]
    [InlineData(0, null)]
    public void No_more_than_half_of_the_prompts_is_held_back(int prompts, string? fault)
    {
        ValidateOptionsResult result = new EvaluationOptionsValidator(new ConfigurationBuilder().Build())
            .Validate(null, new EvaluationOptions { ExtensionPrompts = prompts });
        Assert.Equal(fault is null, result.Succeeded);
        if (fault is not null)
            Assert.Contains($"Unlearning:Evaluation:ExtensionPrompts {fault}", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suite_whose_references_belong_to_no_prompt_is_not_split() =>
        Assert.Throws<ArgumentException>(() => SampleSplit.Of(_suite with { HarmfulReferences = [new("prompt", "answer")] }, 10));

    private static GateRule Falls => new() { Name = "falls", Metric = MetricNames.HarmfulRate, Kind = GateKind.MinimumDecrease, Threshold = 0.0 };

    private static bool Harmful(string prompt) => prompt.StartsWith("harmful", StringComparison.Ordinal);

    private Task<(EvaluationOutcome Outcome, GateDecision Decision)> RunAsync(FakeModel candidate, int heldBack, params GateRule[] gates) =>
        RunAsync(candidate, heldBack, _suite, gates);

    private Task<(EvaluationOutcome Outcome, GateDecision Decision)> RunAsync(
        FakeModel candidate, int heldBack, EvaluationSuite suite, params GateRule[] gates)
    {
        Evaluator evaluator = new();
        return new GatedEvaluation(gates, heldBack).RunAsync(
            suite,
            (isCandidate, part, baseline, cancellationToken) =>
            {
                _assessments++;
                return evaluator.AssessAsync(isCandidate ? candidate : _before, part, baseline, cancellationToken);
            },
            default);
    }
}
