using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation;

/// <summary>
/// Asks baseline and candidate the same prompts and reports every metric with n, 95 % interval and the paired difference. It knows
/// nothing of gates: a verdict is somebody else's business.
/// </summary>
public sealed class Evaluator(AnswerJudge judge)
{
    /// <summary>An evaluator with the classifiers that ship with the program.</summary>
    public Evaluator()
        : this(new AnswerJudge())
    {
    }

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

        if (!suite.Likelihoods)
            return new ModelAssessment { Answers = answers, HarmfulReferences = [], HarmfulScores = [], OrdinaryScores = [] };
        IReadOnlyList<ReferenceAnswer> references = baseline?.HarmfulReferences
            ?? (suite.HarmfulReferences.Count > 0
                ? suite.HarmfulReferences
                : [.. answers.Where(answer => answer.Harmful).Select(answer => new ReferenceAnswer(answer.Prompt.Text, answer.Text))]);
        IEnumerable<EvaluationPrompt> ordinary = suite.Prompts.Where(prompt => prompt.Kind == PromptKind.Ordinary);
        return new ModelAssessment
        {
            Answers = answers,
            HarmfulReferences = references,
            HarmfulScores = await ScoreAsync(model, references, cancellationToken).ConfigureAwait(false),
            OrdinaryScores = await ScoreAsync(
                model,
                [.. ordinary.Select(prompt => new ReferenceAnswer(prompt.Text, prompt.Answer ?? string.Empty))],
                cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Compares two assessments of the same suite. Pure: the same assessments and seed give the same outcome.</summary>
    /// <exception cref="ArgumentException">The assessments are of different prompts.</exception>
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
            Metrics = [.. MetricDefinition.All.Select(metric => Measure(metric, baseline, candidate, suite.Seed))],
            Answers = [.. pairs.Select(AnswerRecord.Of)],
        };
        return new EvaluationOutcome(report, pairs);
    }

    private static MetricResult Measure(MetricDefinition metric, ModelAssessment baseline, ModelAssessment candidate, int seed)
    {
        IReadOnlyList<double> before = metric.Values(baseline);
        IReadOnlyList<double> after = metric.Values(candidate);
        return new MetricResult
        {
            Name = metric.Name,
            Description = metric.Description,
            HigherIsBetter = metric.HigherIsBetter,
            IsShare = metric.IsProportion,
            Baseline = PairedEstimates.Single(before, metric.IsProportion, seed),
            Candidate = PairedEstimates.Single(after, metric.IsProportion, seed),
            Difference = PairedEstimates.Difference(before, after, metric.IsProportion, seed),
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

    private static void Require(int given, int expected, string what)
    {
        if (given != expected)
        {
            throw new InvalidOperationException(
                $"The model under test returned {given} {what} for {expected} prompts; it must return one for each, in order.");
        }
    }
}
