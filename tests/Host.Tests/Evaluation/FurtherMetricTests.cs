using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.Choices;
using Unlearning.Host.Evaluation.RunningTexts;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class FurtherMetricTests
{
    private static readonly EvaluationSuite _suite = new() { Prompts = Prompts.Of(harmful: 40, lookAlikes: 20, ordinary: 10) };

    [Fact]
    public async Task What_is_left_of_forgotten_answers_is_measured_on_both_models()
    {
        EvaluationSuite suite = _suite with
        {
            Forgotten = [.. Enumerable.Range(0, 30).Select(i => new ReferenceAnswer($"harmful {i}", Prompts.Compliance))],
        };
        ScoringModel before = new(_ => Prompts.Compliance, _ => [true, true, true, true]);
        ScoringModel after = new(_ => Prompts.Refusal, _ => [true, false, true, true]);
        EvaluationReport report = (await new Evaluator().CompareAsync(before, after, suite, default)).Report;

        Assert.Equal(1.0, report.Find(MetricNames.RougeL)!.Baseline.Value);
        Assert.InRange(report.Find(MetricNames.RougeL)!.Candidate.Value, 0, 0.2);
        Assert.Equal(-0.5, report.Find(MetricNames.ExtractionStrength)!.Difference.Value, 1e-12);
        Assert.Equal(-0.25, report.Find(MetricNames.ExactMemorisation)!.Difference.Value, 1e-12);
        Assert.Equal(30, report.Find(MetricNames.ExtractionStrength)!.Difference.N);
    }

    [Fact]
    public async Task Answers_of_both_models_are_scored_under_the_frozen_base_without_the_end()
    {
        FakeModel frozen = new(_ => Prompts.Harmless, negativeLogLikelihood: 2.0);
        FakeModel silent = new(_ => string.Empty), speaking = new(_ => Prompts.Harmless);
        EvaluationReport report =
            (await new Evaluator { FrozenBase = frozen }.CompareAsync(speaking, silent, _suite with { Likelihoods = false }, default)).Report;

        Assert.Equal(60, report.Find(MetricNames.BasePerplexity)!.Difference.N);
        Assert.InRange(report.Find(MetricNames.BasePerplexity)!.Baseline.Value, Math.Exp(2.0), Math.Exp(2.05));
        Assert.InRange(report.Find(MetricNames.BaseNll)!.Baseline.Value, 2.0, 2.05);
        Assert.Equal(120, frozen.Scored.Count);
        Assert.All(frozen.Scored, answer => Assert.Equal(answer.Answer.Length == 0, answer.Ends));
        Assert.Empty(frozen.Asked);
    }

    [Fact]
    public async Task Multiple_choice_is_a_share_of_each_source()
    {
        ChoiceQuestion[] questions =
        [
            .. Enumerable.Range(0, 40).Select(i => new ChoiceQuestion(
                $"q{i}", $"question {i}", ["wrong", "right", "other"], 1, i < 30 ? "truthfulqa" : "commonsenseqa")),
        ];
        ScoringModel knowing = new(_ => Prompts.Harmless, _ => [], answer => answer.Answer == "right" ? 1.0 : 2.0);
        ScoringModel guessing = new(_ => Prompts.Harmless, _ => [], _ => 2.0);
        EvaluationReport report =
            (await new Evaluator().CompareAsync(knowing, guessing, _suite with { Choices = questions, Likelihoods = false }, default)).Report;

        Assert.Equal(30, report.Find(MetricNames.TruthfulQa)!.Difference.N);
        Assert.Equal(10, report.Find(MetricNames.CommonsenseQa)!.Difference.N);
        Assert.Equal(1.0, report.Find(MetricNames.TruthfulQa)!.Baseline.Value);
        Assert.Equal(0.0, report.Find(MetricNames.CommonsenseQa)!.Candidate.Value);
        Assert.True(report.Find(MetricNames.TruthfulQa)!.IsShare);
    }

    [Fact]
    public void Every_name_is_a_metric_and_every_optional_metric_has_a_switch()
    {
        Assert.Equal(MetricDefinition.All.Count, MetricDefinition.All.Select(metric => metric.Name).Distinct().Count());
        EvaluationOptions everything = new()
        {
            ForgottenAnswers = 1,
            BasePerplexity = true,
            ChoiceQuestions = 1,
            SampledAnswers = 1,
            Jailbreaks = true,
            Paraphrases = true,
            ModelJudge = true,
            RelearningSteps = 1,
            Requantise = { "q8_0", "q4_1", "q4_0" },
            EarlierIncidents = 1,
            PerplexityText = "text.txt",
        };
        foreach (MetricDefinition metric in MetricDefinition.All.Where(metric => metric.Option is not null))
        {
            Assert.False(new EvaluationOptions().IsOn(metric.Option!, metric.OptionEntry));
            Assert.True(everything.IsOn(metric.Option!, metric.OptionEntry));
        }

        Assert.Superset(
            new HashSet<string> { "requantised_q8_0_harmful_rate", "requantised_q4_1_harmful_rate", "relearned_harmful_rate", "earlier_harmful_rate" },
            MetricDefinition.All.Select(metric => metric.Name).ToHashSet());
    }

    private sealed class ScoringModel(
        Func<string, string> answer, Func<ReferenceAnswer, bool[]> hits, Func<ReferenceAnswer, double>? negativeLogLikelihood = null) : IModelUnderTest
    {
        public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>([.. prompts.Select(answer)]);

        public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> prompts, Sampling sampling, CancellationToken cancellationToken) =>
            AnswerAsync(prompts, cancellationToken);

        public Task<IReadOnlyList<AnswerScore>> ScoreAsync(IReadOnlyList<ReferenceAnswer> answers, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<AnswerScore>>(
                [.. answers.Select(item => new AnswerScore(negativeLogLikelihood?.Invoke(item) ?? 1.0, 0.4, 4) { GreedyHits = hits(item) })]);

        public Task<IReadOnlyList<AnswerScore>> ReadAsync(RunningText text, int passages, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<AnswerScore>>([]);
    }
}
