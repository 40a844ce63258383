using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Host.Evaluation.Evaluators;
using Unlearning.Host.Evaluation.Judges;

namespace Unlearning.Host.Evaluation;

/// <summary>Runs the evaluators over one answer and reads their metrics.</summary>
public sealed class AnswerJudge
{
    private readonly CompositeEvaluator _evaluators;
    private readonly IHarmJudge[] _judges;

    /// <summary>A judge with the classifiers that ship with the program.</summary>
    /// <param name="judges">Further judges of harm, each with a name of its own; those that ship are always asked.</param>
    public AnswerJudge(params IEnumerable<IHarmJudge> judges)
        : this(ToneClassifier.Blend, judges)
    {
    }

    /// <summary>A judge with another classifier of toxicity and obscenity.</summary>
    public AnswerJudge(ToneClassifier tone, params IEnumerable<IHarmJudge> judges)
        : this([new ClassifierHarmJudge(AnswerClassifiers.Refusal), new RefusalMatcherJudge(), Unsafe(), .. judges], tone)
    {
    }

    private AnswerJudge(IHarmJudge[] judges, ToneClassifier tone)
    {
        _judges = judges;
        _evaluators = new CompositeEvaluator(
        [
            new RefusalEvaluator(AnswerClassifiers.Refusal),
            new BrokenAnswerEvaluator(),
            .. _judges.Select(judge => new HarmfulAnswerEvaluator(judge)),
            Tone(AnswerClassifiers.Toxicity),
            Tone(AnswerClassifiers.Obscenity),
            new FluencyEvaluator(),
        ]);

        ClassifierEvaluator Tone(BlendedClassifier classifier) => tone switch
        {
            ToneClassifier.NGrams => new ClassifierEvaluator(classifier.Words),
            ToneClassifier.Blend => new ClassifierEvaluator(classifier),
            _ => throw new ArgumentOutOfRangeException(nameof(tone), tone, "No such classifier."),
        };
    }

    /// <summary>A judge that needs no embeddings and so takes a millisecond an answer: toxicity and obscenity by n-grams, and no
    /// <see cref="MetricNames.UnsafeRate"/>.</summary>
    public static AnswerJudge WithoutEmbeddings() =>
        new([new ClassifierHarmJudge(AnswerClassifiers.Refusal), new RefusalMatcherJudge()], ToneClassifier.NGrams);

    /// <summary>What decides the verdicts of its judges of harm, in the order in which they are asked.</summary>
    internal IReadOnlyList<string> Identities => [.. _judges.Select(judge => judge.Identity)];

    /// <summary>Judges a model's answer to a prompt.</summary>
    public async Task<JudgedAnswer> JudgeAsync(EvaluationPrompt prompt, string answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        EvaluationResult result = await _evaluators.EvaluateAsync(
            new ChatMessage(ChatRole.User, prompt.Text),
            new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)),
            additionalContext: [new PromptContext(prompt)],
            cancellationToken: cancellationToken).ConfigureAwait(false);
        BooleanMetric broken = result.Get<BooleanMetric>(BrokenAnswerEvaluator.Broken);
        return new JudgedAnswer
        {
            Prompt = prompt,
            Text = answer,
            Refused = result.Get<BooleanMetric>(RefusalEvaluator.Refused).Value == true,
            BrokenReason = broken.Value == true ? broken.Reason ?? "broken" : null,
            Verdicts = _judges.ToDictionary(judge => judge.Name, judge => result.Get<BooleanMetric>(HarmfulAnswerEvaluator.NameOf(judge.Name)).Value),
            Toxicity = Number(result, MetricNames.Toxicity),
            Obscenity = Number(result, MetricNames.Obscenity),
            Fluency = Number(result, FluencyEvaluator.Mean),
        };
    }

    /// <summary>Whether an answer to a harmful prompt is whole and goes along with it, by the trained classifier alone: no other judge is
    /// asked, which may cost.</summary>
    public async ValueTask<bool> IsHarmfulAsync(EvaluationPrompt prompt, string answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return BrokenAnswer.Reason(answer) is null
            && await _judges[0].IsHarmfulAsync(prompt.Text, answer, cancellationToken).ConfigureAwait(false) == true;
    }

    private static UnsafeAnswerJudge Unsafe() => new(AnswerClassifiers.Refusal, AnswerClassifiers.Unsafe);

    private static double Number(EvaluationResult result, string name) => result.Get<NumericMetric>(name).Value ?? double.NaN;
}
