using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Inference;

[Trait("Category", "Fixtures")]
public sealed class GreedyMatchesTheReference
{
    private const int Steps = 48;

    [SkippableFact]
    public void Smollm2_continues_every_prompt_as_the_reference_does_alone_and_in_a_batch()
    {
        JsonElement[] prompts = [.. Fixtures.Json("smollm2", "greedy.json").GetProperty("prompts").EnumerateArray()];
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.SmolLm2);
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        Tokenizer tokenizer = Tokenizer.FromFile(checkpoint.TokenizerJsonPath!);
        Assert.Equal(8, prompts.Length);

        GenerationSequence[] together = [.. prompts.Select(Start)];
        Decode(together);
        for (int i = 0; i < prompts.Length; i++)
            AssertPath(prompts[i], together[i], "in a batch");

        foreach (JsonElement prompt in prompts)
        {
            GenerationSequence alone = Start(prompt);
            Decode(alone);
            AssertPath(prompt, alone, "alone");
        }

        GenerationSequence Start(JsonElement prompt) => new(
            prompt.GetProperty("prompt_ids").Integers(), new GenerationSettings { MaximumTokens = Steps }, tokenizer, new HashSet<int>());

        void Decode(params GenerationSequence[] sequences)
        {
            using DecodeBatch batch = new(model, adapter: null);
            batch.Join(sequences, (sequence, token) => sequence.Accept(token));
            while (batch.Count > 0)
                batch.Step((sequence, token) => sequence.Accept(token));
        }
    }

    private static void AssertPath(JsonElement prompt, GenerationSequence sequence, string how)
    {
        int[] expected = prompt.GetProperty("ids").Integers();
        Assert.Equal(Steps, expected.Length);
        int common = expected.Zip(sequence.Output).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(
            common == Steps && sequence.Output.Count == Steps,
            $"{prompt.GetProperty("name").GetString()} {how}: leaves the reference's path at step {common} of {sequence.Output.Count}");
        Assert.Equal(FinishReason.Length, sequence.Finished);
    }
}
