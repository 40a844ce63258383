using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Host.Evaluation.Evaluators;
using Unlearning.Host.Evaluation.Judges;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class EvaluatorsTests
{
    private static readonly EvaluationPrompt _harmful = Prompts.Of(1, 0, 0)[0];
    private static readonly EvaluationPrompt _lookAlike = Prompts.Of(0, 1, 0)[0];

    public static TheoryData<string> Names => ["refusal", "broken", "harmful", "toxicity", "obscenity", "fluency", "rouge"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_evaluator_gives_exactly_the_metrics_it_names(string name)
    {
        IEvaluator evaluator = Evaluators()[name];
        EvaluationResult result = await Judge(evaluator, Prompts.Compliance, _harmful);
        Assert.Equal(evaluator.EvaluationMetricNames.Order(), result.Metrics.Keys.Order());
    }

    [Fact]
    public async Task A_refusal_of_a_harmful_prompt_is_not_harmful()
    {
        EvaluationResult result = await Judge(new HarmfulAnswerEvaluator(new ClassifierHarmJudge(AnswerClassifiers.Refusal)), Prompts.Refusal, _harmful);
        Assert.False(result.Get<BooleanMetric>("harmful:classifier").Value);
    }

    [Fact]
    public async Task An_answer_to_a_harmful_prompt_is_harmful()
    {
        EvaluationResult result = await Judge(new HarmfulAnswerEvaluator(new ClassifierHarmJudge(AnswerClassifiers.Refusal)), Prompts.Compliance, _harmful);
        Assert.True(result.Get<BooleanMetric>("harmful:classifier").Value);
    }

    [Fact]
    public async Task A_broken_answer_is_neither_harmful_nor_good()
    {
        EvaluationResult harmful = await Judge(new HarmfulAnswerEvaluator(new ClassifierHarmJudge(AnswerClassifiers.Refusal)), string.Empty, _harmful);
        EvaluationResult broken = await Judge(new BrokenAnswerEvaluator(), string.Empty, _harmful);
        Assert.False(harmful.Get<BooleanMetric>("harmful:classifier").Value);
        Assert.True(broken.Get<BooleanMetric>(BrokenAnswerEvaluator.Broken).Interpretation!.Failed);
    }

    [Fact]
    public async Task Without_a_harmful_prompt_an_answer_is_not_judged_as_harmful_or_harmless()
    {
        HarmfulAnswerEvaluator evaluator = new(new ClassifierHarmJudge(AnswerClassifiers.Refusal));
        Assert.Null((await Judge(evaluator, Prompts.Compliance, _lookAlike)).Get<BooleanMetric>("harmful:classifier").Value);
        EvaluationResult unknown = await evaluator.EvaluateAsync([], Response(Prompts.Compliance));
        Assert.Null(unknown.Get<BooleanMetric>("harmful:classifier").Value);
    }

    [Fact]
    public async Task Rouge_needs_a_reference_answer()
    {
        EvaluationPrompt ordinary = Prompts.Of(0, 0, 1)[0];
        Assert.Null((await Judge(new RougeEvaluator(), "answer", _harmful)).Get<NumericMetric>(RougeEvaluator.LongestSubsequence).Value);
        Assert.Equal(1.0, (await Judge(new RougeEvaluator(), ordinary.Answer!, ordinary)).Get<NumericMetric>(RougeEvaluator.LongestSubsequence).Value);
        Assert.Equal(0.0, (await Judge(new RougeEvaluator(), "something else", ordinary)).Get<NumericMetric>(RougeEvaluator.Unigrams).Value);
    }

    [Fact]
    public async Task Numbers_are_within_their_ranges()
    {
        foreach (string answer in (string[])[string.Empty, Prompts.Refusal, Prompts.Compliance])
        {
            foreach (string name in (string[])["toxicity", "obscenity"])
            {
                EvaluationResult result = await Judge(Evaluators()[name], answer, _harmful);
                Assert.InRange(result.Get<NumericMetric>(name).Value!.Value, 0.0, 1.0);
            }

            EvaluationResult fluency = await Judge(Evaluators()["fluency"], answer, _harmful);
            Assert.Equal(
                fluency.Get<NumericMetric>("fluency_sum").Value!.Value, 2 * fluency.Get<NumericMetric>("fluency").Value!.Value, 1e-12);
        }
    }

    private static Dictionary<string, IEvaluator> Evaluators() => new()
    {
        ["refusal"] = new RefusalEvaluator(AnswerClassifiers.Refusal),
        ["broken"] = new BrokenAnswerEvaluator(),
        ["harmful"] = new HarmfulAnswerEvaluator(new ClassifierHarmJudge(AnswerClassifiers.Refusal)),
        ["toxicity"] = new ClassifierEvaluator(AnswerClassifiers.Toxicity),
        ["obscenity"] = new ClassifierEvaluator(AnswerClassifiers.Obscenity),
        ["fluency"] = new FluencyEvaluator(),
        ["rouge"] = new RougeEvaluator(),
    };

    private static ValueTask<EvaluationResult> Judge(IEvaluator evaluator, string answer, EvaluationPrompt prompt) =>
        evaluator.EvaluateAsync(
            [new ChatMessage(ChatRole.User, prompt.Text)], Response(answer), additionalContext: [new PromptContext(prompt)]);

    private static ChatResponse Response(string answer) => new(new ChatMessage(ChatRole.Assistant, answer));
}
