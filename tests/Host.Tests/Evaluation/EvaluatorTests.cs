using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.RunningTexts;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EvaluationSuite _suite = new() { Prompts = Prompts.Of(harmful: 40, lookAlikes: 20, ordinary: 10) };

    private static FakeModel Compliant =>
        new(prompt => prompt.StartsWith("harmful", StringComparison.Ordinal) ? Prompts.Compliance : Prompts.Harmless);

    [Fact]
    public async Task A_model_that_learns_to_refuse_harm_alone_shows_in_the_paired_differences()
    {
        FakeModel refusing = new(prompt => prompt.StartsWith("harmful", StringComparison.Ordinal) ? Prompts.Refusal : Prompts.Harmless);
        EvaluationReport report = (await new Evaluator().CompareAsync(Compliant, refusing, _suite, default)).Report;

        Assert.Equal(1.0, report.Find(MetricNames.HarmfulRate)!.Baseline.Value);
        Assert.Equal(0.0, report.Find(MetricNames.HarmfulRate)!.Candidate.Value);
        Assert.Equal(-1.0, report.Find(MetricNames.HarmfulRate)!.Difference.Value);
        Assert.True(report.Find(MetricNames.HarmfulRate)!.Difference.High < -0.8);
        Assert.Equal(1.0, report.Find(MetricNames.RefusalRate)!.Candidate.Value);
        Assert.Equal(0.0, report.Find(MetricNames.OverRefusal)!.Candidate.Value);
        Assert.Equal(0.0, report.Find(MetricNames.BrokenRate)!.Candidate.Value);
    }

    [Fact]
    public async Task Without_likelihoods_answers_are_judged_and_nothing_is_scored()
    {
        EvaluationReport whole = (await new Evaluator().CompareAsync(Compliant, Compliant, _suite, default)).Report;
        EvaluationReport report = (await new Evaluator().CompareAsync(Compliant, Compliant, _suite with { Likelihoods = false }, default)).Report;

        Assert.Equal(whole.Find(MetricNames.HarmfulRate), report.Find(MetricNames.HarmfulRate));
        Assert.Equal(0, report.Find(MetricNames.OrdinaryNll)!.Candidate.N);
        Assert.Equal(0, report.Find(MetricNames.HarmfulAnswerProbability)!.Candidate.N);
        Assert.Equal(10, whole.Find(MetricNames.OrdinaryNll)!.Candidate.N);
    }

    [Fact]
    public async Task Broken_answers_are_never_counted_as_harmless_refusals()
    {
        FakeModel broken = new(prompt => "no no no no no no no no no no no no no no no no");
        EvaluationReport report = (await new Evaluator().CompareAsync(Compliant, broken, _suite, default)).Report;

        Assert.Equal(1.0, report.Find(MetricNames.BrokenRate)!.Candidate.Value);
        Assert.Equal(0.0, report.Find(MetricNames.RefusalRate)!.Candidate.Value);
        Assert.Equal(0.0, report.Find(MetricNames.OverRefusal)!.Candidate.Value);
        Assert.Equal(60, report.Find(MetricNames.BrokenRate)!.Difference.N);
    }

    [Fact]
    public async Task On_harmful_prompts_harmful_refused_and_broken_add_up_to_all()
    {
        FakeModel mixed = new(prompt => (prompt.Length % 3) switch { 0 => Prompts.Refusal, 1 => string.Empty, _ => Prompts.Compliance });
        EvaluationOutcome outcome = await new Evaluator().CompareAsync(mixed, mixed, _suite, default);
        double broken = outcome.Pairs.Count(pair => pair.Prompt.Kind == PromptKind.Harmful && pair.Baseline.Broken) / 40.0;
        double harmful = outcome.Report.Find(MetricNames.HarmfulRate)!.Baseline.Value;
        double refused = outcome.Report.Find(MetricNames.RefusalRate)!.Baseline.Value;
        Assert.Equal(1.0, harmful + refused + broken, 1e-12);
    }

    [Fact]
    public async Task Both_models_are_asked_the_same_prompts_and_scored_on_the_baselines_harmful_answers()
    {
        FakeModel baseline = Compliant;
        FakeModel candidate = new(_ => Prompts.Refusal, negativeLogLikelihood: 3.0);
        EvaluationReport report = (await new Evaluator().CompareAsync(baseline, candidate, _suite, default)).Report;

        Assert.Equal(baseline.Asked, candidate.Asked);
        Assert.Equal(60, baseline.Asked.Count);
        Assert.Equal(baseline.Scored, candidate.Scored);
        Assert.Equal(40 + 10, baseline.Scored.Count);
        Assert.Equal(1.0, report.Find(MetricNames.OrdinaryNll)!.Difference.Value, 1e-12);
        Assert.True(report.Find(MetricNames.HarmfulAnswerProbability)!.Difference.High < 0);
    }

    [Fact]
    public async Task Harmful_references_of_the_suite_replace_the_baselines_own()
    {
        FakeModel baseline = Compliant;
        EvaluationSuite suite = _suite with { HarmfulReferences = [new("prompt", "answer")] };
        ModelAssessment assessment = await new Evaluator().AssessAsync(baseline, suite, null, default);
        Assert.Equal(suite.HarmfulReferences, assessment.HarmfulReferences);
        Assert.Single(assessment.HarmfulScores);
    }

    [Fact]
    public async Task Without_any_harmful_answer_the_probability_of_harm_is_not_measured()
    {
        FakeModel refusing = new(_ => Prompts.Refusal);
        EvaluationReport report = (await new Evaluator().CompareAsync(refusing, refusing, _suite, default)).Report;
        Assert.Equal(0, report.Find(MetricNames.HarmfulAnswerProbability)!.Difference.N);
    }

    [Fact]
    public async Task The_stored_report_reads_back_and_holds_no_text()
    {
        FakeModel refusing = new(_ => Prompts.Refusal);
        EvaluationOutcome outcome = await new Evaluator().CompareAsync(Compliant, refusing, _suite, default);
        string json = outcome.Report.ToJson();
        EvaluationReport read = EvaluationReport.FromJson(json);

        Assert.Equal(outcome.Report.Metrics, read.Metrics);
        Assert.Equal(outcome.Report.Answers, read.Answers);
        Assert.DoesNotContain("sorry", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("keyhole", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("harmful 1", json, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_same_answers_give_the_same_report()
    {
        FakeModel refusing = new(prompt => prompt.Length % 2 == 0 ? Prompts.Refusal : Prompts.Compliance);
        Evaluator evaluator = new();
        ModelAssessment before = await evaluator.AssessAsync(Compliant, _suite, null, default);
        ModelAssessment after = await evaluator.AssessAsync(refusing, _suite, before, default);
        Assert.Equal(Evaluator.Compare(before, after, _suite).Report.ToJson(), Evaluator.Compare(before, after, _suite).Report.ToJson());
    }

    [Fact]
    public async Task Assessments_of_different_prompts_are_not_compared()
    {
        Evaluator evaluator = new();
        ModelAssessment one = await evaluator.AssessAsync(Compliant, _suite, null, default);
        EvaluationSuite other = new() { Prompts = Prompts.Of(39, 20, 10) };
        ModelAssessment two = await evaluator.AssessAsync(Compliant, other, null, default);
        Assert.Throws<ArgumentException>(() => Evaluator.Compare(one, two, _suite));
    }

    [Fact]
    public async Task A_model_that_loses_an_answer_is_an_error()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => new Evaluator().AssessAsync(new ForgetfulModel(), _suite, null, default));
    }

    [Fact]
    public async Task Cancelling_stops_the_evaluation()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Evaluator().AssessAsync(Compliant, _suite, null, source.Token));
    }

    private sealed class ForgetfulModel : IModelUnderTest
    {
        public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>([.. prompts.Skip(1)]);

        public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, Sampling sampling, CancellationToken cancellationToken) =>
            AnswerAsync(prompts, cancellationToken);

        public Task<IReadOnlyList<AnswerScore>> ScoreAsync(IReadOnlyList<ReferenceAnswer> answers, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<AnswerScore>>([]);

        public Task<IReadOnlyList<AnswerScore>> ReadAsync(RunningText text, int passages, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<AnswerScore>>([]);
    }
}
