using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Inference;

[Trait("Category", "Fixtures")]
public sealed class LikelihoodTests
{
    [SkippableFact]
    public void Greedy_hits_are_the_tokens_that_greedy_decoding_chooses()
    {
        JsonElement[] prompts = [.. Fixtures.Json("stories260k", "greedy.json").GetProperty("prompts").EnumerateArray()];
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        AnswerExample[] own = [.. prompts.Select(prompt => Example(prompt, prompt.GetProperty("ids").Integers()))];
        AnswerExample[] changed = [.. prompts.Select(prompt =>
        {
            int[] answer = prompt.GetProperty("ids").Integers();
            answer[3] = prompt.GetProperty("second_ids").Integers()[3];
            return Example(prompt, answer);
        })];
        Assert.All(Likelihood.Of(model, own, null), score =>
        {
            Assert.Equal(score.Tokens, score.GreedyHits.Count);
            Assert.DoesNotContain(false, score.GreedyHits);
        });
        Assert.All(Likelihood.Of(model, changed, null), score => Assert.Equal([true, true, true, false], score.GreedyHits.Take(4)));
    }

    private static AnswerExample Example(JsonElement prompt, int[] answer)
    {
        int[] start = prompt.GetProperty("prompt_ids").Integers();
        return new AnswerExample("example", [.. start, .. answer], [.. start.Select(_ => false), .. answer.Select(_ => true)]);
    }
}
