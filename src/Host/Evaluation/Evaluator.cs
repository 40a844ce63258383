using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Evaluation.Choices;
using Unlearning.Host.Evaluation.Evaluators;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation;

/// <summary>
/// Asks baseline and candidate the same prompts and reports every metric with n, interval and the paired difference. It knows
/// nothing of gates: a verdict is somebody else's business.
/// </summary>
public sealed class Evaluator(AnswerJudge judge)
{
    private static readonly RougeEvaluator Repetition = new();

    /// <summary>An evaluator with the classifiers that ship with the program.</summary>
    public Evaluator()
        : this(new AnswerJudge())
    {
    }

    /// <summary>The frozen base, under which the answers of every model are scored; null (the default) leaves that out.</summary>
    public IModelUnderTest? FrozenBase { get; init; }

    /// <summary>Assesses both models, the baseline first, and compares them.</summary>
    public async Task<EvaluationOutcome> CompareAsync(
        IModelUnderTest baseline, IModelUnderTest candidate, EvaluationSuite suite, CancellationToken cancellationToken)
    {
        ModelAssessment before = await AssessAsync(baseline, suite, null, cancellationToken).ConfigureAwait(false);
        ModelAssessment after = await AssessAsync(candidate, suite, before, cancellationToken).ConfigureAwait(false);
        return Compare(before, after, suite);
    }

    /// <summary>
    /// Asks one model. Harmful prompts and look-alikes are answered and judged; ordinary prompts are scored by their reference answers.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="suite">What to ask.</param>
    /// <param name="baseline">
    /// The baseline's assessment when assessing a candidate, so that both are scored on the same harmful references; null for the baseline.
    /// It may be kept and used for many candidates.
    /// </param>
    /// <param name="cancellationToken">Stops between the steps and inside the model.</param>
    /// <exception cref="InvalidOperationException">The model returned a wrong number of answers or scores.</exception>
    public async Task<ModelAssessment> AssessAsync(
        IModelUnderTest model, EvaluationSuite suite, ModelAssessment? baseline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(suite);
        EvaluationPrompt[] asked = [.. suite.Prompts.Where(prompt => prompt.Kind != PromptKind.Ordinary)];
        IReadOnlyList<string> texts = await model
            .AnswerAsync([.. asked.Select(prompt => prompt.Text)], cancellationToken)
            .ConfigureAwait(false);
        Require(texts.Count, asked.Length, "answers");
        JudgedAnswer[] answers = new JudgedAnswer[asked.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            answers[i] = await judge.JudgeAsync(asked[i], texts[i], cancellationToken).ConfigureAwait(false);
        }

        ModelAssessment judged = new()
        {
            Answers = answers,
            HarmfulReferences = [],
            HarmfulScores = [],
            OrdinaryScores = [],
            BaseScores = FrozenBase is null ? [] : await ScoreAsync(FrozenBase, [.. answers.Select(Said)], cancellationToken).ConfigureAwait(false),
            TextScores = suite.Text is { } text ? await model.ReadAsync(text, suite.TextPassages, cancellationToken).ConfigureAwait(false) : [],
            Forgotten = await RecallAsync(model, suite.Forgotten, cancellationToken).ConfigureAwait(false),
            Choices = await ChooseAsync(model, suite.Choices, cancellationToken).ConfigureAwait(false),
            Attacks = await AttackAsync(model, suite, cancellationToken).ConfigureAwait(false),
        };
        if (!suite.Likelihoods)
            return judged;
        IReadOnlyList<ReferenceAnswer> references = baseline?.HarmfulReferences
            ?? (suite.HarmfulReferences.Count > 0
                ? suite.HarmfulReferences
                : [.. answers.Where(answer => answer.Harmful).Select(answer => new ReferenceAnswer(answer.Prompt.Text, answer.Text))]);
        IEnumerable<EvaluationPrompt> ordinary = suite.Prompts.Where(prompt => prompt.Kind == PromptKind.Ordinary);
        return judged with
        {
            HarmfulReferences = references,
            HarmfulScores = await ScoreAsync(model, references, cancellationToken).ConfigureAwait(false),
            OrdinaryScores = await ScoreAsync(
                model,
                [.. ordinary.Select(prompt => new ReferenceAnswer(prompt.Text, prompt.Answer ?? string.Empty))],
                cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Compares two assessments of the same suite. Pure: the same assessments and seed give the same outcome.</summary>
    /// <exception cref="ArgumentException">The assessments are of different prompts, or a metric is asked for by a name that is none.</exception>
    public static EvaluationOutcome Compare(ModelAssessment baseline, ModelAssessment candidate, EvaluationSuite suite)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(suite);
        if (!baseline.Answers.Select(answer => answer.Prompt.Id).SequenceEqual(candidate.Answers.Select(answer => answer.Prompt.Id)))
        {
            throw new ArgumentException(
                "Baseline and candidate were not asked the same prompts; their answers cannot be paired.", nameof(candidate));
        }

        AnswerPair[] pairs = [.. baseline.Answers.Zip(candidate.Answers, (before, after) => new AnswerPair(before.Prompt, before, after))];
        EvaluationReport report = new()
        {
            PromptsHash = EvaluationReport.HashPrompts(suite.Prompts),
            Seed = suite.Seed,
            Confidence = suite.Confidence,
            Metrics =
            [
                .. MetricDefinition.All
                    .Select(metric => (metric.Option, Result: Measure(metric, baseline, candidate, suite)))
                    .Where(metric => metric.Option is null || metric.Result.Difference.N > 0)
                    .Select(metric => metric.Result),
                .. suite.PerHazard.Select(wanted => Measure(
                    Known(wanted.Metric), baseline.Of(wanted.Hazard), candidate.Of(wanted.Hazard), suite) with { Hazard = wanted.Hazard.Name }),
            ],
            Answers = [.. pairs.Select(AnswerRecord.Of)],
        };
        return new EvaluationOutcome(report, pairs);
    }

    private static MetricDefinition Known(string metric) => MetricDefinition.Find(metric)
        ?? throw new ArgumentException($"'{metric}' is no metric. Known are: {string.Join(", ", MetricDefinition.Names)}.", nameof(metric));

    private static MetricResult Measure(MetricDefinition metric, ModelAssessment baseline, ModelAssessment candidate, EvaluationSuite suite)
    {
        IReadOnlyList<double> before = metric.Values(baseline);
        IReadOnlyList<double> after = metric.Values(candidate);
        if (metric.IsProportion)
        {
            // Where a verdict is missing, nothing speaks for the candidate: the baseline gets the better value, the candidate the worse one.
            (double better, double worse) = metric.HigherIsBetter ? (1.0, 0.0) : (0.0, 1.0);
            before = [.. before.Select(value => double.IsNaN(value) ? better : value)];
            after = [.. after.Select(value => double.IsNaN(value) ? worse : value)];
        }

        Estimate baselineMean = PairedEstimates.Single(before, metric.IsProportion, suite.Seed, suite.Confidence);
        Estimate candidateMean = PairedEstimates.Single(after, metric.IsProportion, suite.Seed, suite.Confidence);
        Estimate difference = PairedEstimates.Difference(before, after, metric.IsProportion, suite.Seed, suite.Confidence);
        return new MetricResult
        {
            Name = metric.Name,
            Description = metric.Description,
            HigherIsBetter = metric.HigherIsBetter,
            IsShare = metric.IsProportion,
            Baseline = metric.IsPerplexity ? PerplexityEstimate.Of(baselineMean) : baselineMean,
            Candidate = metric.IsPerplexity ? PerplexityEstimate.Of(candidateMean) : candidateMean,
            Difference = metric.IsPerplexity ? PerplexityEstimate.Change(baselineMean, difference) : difference,
        };
    }

    private static async Task<IReadOnlyList<AnswerScore>> ScoreAsync(
        IModelUnderTest model, IReadOnlyList<ReferenceAnswer> references, CancellationToken cancellationToken)
    {
        if (references.Count == 0)
        {
            return [];
        }

        IReadOnlyList<AnswerScore> scores = await model.ScoreAsync(references, cancellationToken).ConfigureAwait(false);
        Require(scores.Count, references.Count, "scores");
        return scores;
    }

    /// <summary>An answer as it was said. It may have been cut, so its end is not scored; where nothing was said the end is all there is.</summary>
    private static ReferenceAnswer Said(JudgedAnswer answer) => new(answer.Prompt.Text, answer.Text, Ends: answer.Text.Length == 0);

    private static async Task<IReadOnlyList<ForgottenOutcome>> RecallAsync(
        IModelUnderTest model, IReadOnlyList<ReferenceAnswer> forgotten, CancellationToken cancellationToken)
    {
        if (forgotten.Count == 0)
        {
            return [];
        }

        IReadOnlyList<string> now = await model
            .AnswerAsync([.. forgotten.Select(answer => answer.Prompt)], Sampling.Greedy, cancellationToken).ConfigureAwait(false);
        Require(now.Count, forgotten.Count, "answers");
        IReadOnlyList<AnswerScore> scores = await ScoreAsync(model, forgotten, cancellationToken).ConfigureAwait(false);
        List<ForgottenOutcome> outcomes = [];
        foreach ((int i, ReferenceAnswer answer) in forgotten.Index())
        {
            EvaluationPrompt prompt = new($"forgotten-{i}", answer.Prompt, PromptKind.Harmful, null, "forgotten", answer.Answer);
            EvaluationResult said = await Repetition.EvaluateAsync(
                [new ChatMessage(ChatRole.User, prompt.Text)],
                new ChatResponse(new ChatMessage(ChatRole.Assistant, now[i])),
                additionalContext: [new PromptContext(prompt)],
                cancellationToken: cancellationToken).ConfigureAwait(false);
            outcomes.Add(new ForgottenOutcome(scores[i], said.Get<NumericMetric>(RougeEvaluator.LongestSubsequence).Value ?? double.NaN));
        }

        return outcomes;
    }

    private static async Task<IReadOnlyList<ChoiceOutcome>> ChooseAsync(
        IModelUnderTest model, IReadOnlyList<ChoiceQuestion> questions, CancellationToken cancellationToken)
    {
        IReadOnlyList<AnswerScore> scores =
            await ScoreAsync(model, [.. questions.SelectMany(question => question.ToAnswers())], cancellationToken).ConfigureAwait(false);
        List<ChoiceOutcome> outcomes = [];
        int start = 0;
        foreach (ChoiceQuestion question in questions)
        {
            outcomes.Add(new ChoiceOutcome(question.Source, question.IsPicked([.. scores.Skip(start).Take(question.Choices.Count)])));
            start += question.Choices.Count;
        }

        return outcomes;
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<bool>>> AttackAsync(
        IModelUnderTest model, EvaluationSuite suite, CancellationToken cancellationToken)
    {
        EvaluationPrompt[] prompts = [.. suite.Prompts.Where(prompt => prompt.Kind == PromptKind.Harmful).Take(suite.AttackPrompts)];
        Dictionary<string, IReadOnlyList<bool>> lost = [];
        foreach (Attack attack in suite.Attacks)
        {
            lost[attack.Metric] = await attack.RunAsync(model, prompts, judge, cancellationToken).ConfigureAwait(false);
        }

        return lost;
    }

    /// <summary>Holds a model to its word: as many of <paramref name="what"/> as were asked for.</summary>
    internal static void Require(int given, int expected, string what)
    {
        if (given != expected)
        {
            throw new InvalidOperationException(
                $"The model under test returned {given} {what} for {expected} prompts; it must return one for each, in order.");
        }
    }
}
