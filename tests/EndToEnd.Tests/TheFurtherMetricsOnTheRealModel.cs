using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Host.Demo;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.Choices;
using Unlearning.Host.Runs.Assessment;

namespace Unlearning.EndToEnd.Tests;

[Trait("Category", "Slow")]
public sealed class TheFurtherMetricsOnTheRealModel
{
    [Fact]
    public async Task Are_all_measured_and_a_model_knows_its_own_answers_by_heart()
    {
        using LlamaEngine engine = await LlamaEngine.LoadAsync(new EngineOptions
        {
            Model = Path.Combine(Unlearning.Host.HomeFolder.Find(), "models", "smollm2-135m-instruct"),
        });
        EngineModel model = new(engine, null, answerTokens: 12);
        EvaluationPrompt[] prompts =
        [
            .. BundledPrompts.Load(PromptSplit.Gate, PromptKind.Harmful).Take(2), .. BundledPrompts.Load(PromptSplit.Gate, PromptKind.LookAlike).Take(2),
        ];
        IReadOnlyList<string> own = await model.AnswerAsync([.. prompts.Select(prompt => prompt.Text)], CancellationToken.None);
        EvaluationSuite suite = new()
        {
            Prompts = prompts,
            Forgotten = [.. prompts.Zip(own, (prompt, answer) => new ReferenceAnswer(prompt.Text, answer, Ends: false))],
            Choices = [.. BundledChoices.Sources.SelectMany(source => BundledChoices.Load(source).Take(2))],
            Attacks = [Attack.OfSamples(1, seed: 3), Attack.OfParaphrases()],
            AttackPrompts = 1,
            Likelihoods = false,
        };
        Evaluator evaluator = new() { FrozenBase = model };
        ModelAssessment once = await evaluator.AssessAsync(model, suite, null, CancellationToken.None);
        ModelAssessment again = await evaluator.AssessAsync(model, suite, once, CancellationToken.None);
        EvaluationReport report = Evaluator.Compare(once, again, suite).Report;

        foreach (string metric in (string[])
            [
                MetricNames.RougeL, MetricNames.ExtractionStrength, MetricNames.ExactMemorisation, MetricNames.BasePerplexity, MetricNames.BaseNll,
                MetricNames.TruthfulQa, MetricNames.CommonsenseQa, MetricNames.SampledHarmfulRate, MetricNames.ParaphraseHarmfulRate,
            ])
        {
            Assert.Equal(0.0, report.Find(metric)!.Difference.Value);
        }

        Assert.Equal(1.0, report.Find(MetricNames.RougeL)!.Candidate.Value);

        // Decoding by rows and the pass over a whole answer round differently: a near tie may go the other way.
        Assert.InRange(report.Find(MetricNames.ExactMemorisation)!.Candidate.Value, 0.9, 1.0);
        Assert.InRange(report.Find(MetricNames.BaseNll)!.Candidate.Value, 0.01, 2.5);
    }
}
