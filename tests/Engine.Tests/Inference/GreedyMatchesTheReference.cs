using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Inference.Rows;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Inference;

[Trait("Category", "Fixtures")]
public sealed class GreedyMatchesTheReference
{
    private const int Steps = 48;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Smollm2_continues_every_prompt_as_the_reference_does_alone_in_a_batch_and_behind_a_prefix(bool byRows) =>
        Check(Fixtures.SmolLm2, Fixtures.Json("smollm2", "greedy.json"), byRows, CPU);

    internal static void Check(string path, JsonElement fixture, bool byRows, Device device)
    {
        JsonElement[] prompts = [.. fixture.GetProperty("prompts").EnumerateArray()];
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float32, device);
        Tokenizer tokenizer = Tokenizer.FromCheckpoint(checkpoint);
        using RowDecoder? decoder = byRows ? RowDecoder.TryCreate(model, checkpoint) : null;
        using PrefixCache prefixes = new(model);
        Assert.Equal(8, prompts.Length);

        GenerationSequence[] together = [.. prompts.Select(prompt => Start(prompt, 0))];
        Decode(together);
        for (int i = 0; i < prompts.Length; i++)
            AssertPath(prompts[i], together[i], "in a batch");

        foreach (JsonElement prompt in prompts)
        {
            GenerationSequence alone = Start(prompt, 0);
            Decode(alone);
            AssertPath(prompt, alone, "alone");
        }

        // Behind a kept prefix, and the second time from it.
        for (int pass = 0; pass < 2; pass++)
        {
            GenerationSequence[] prefixed = [.. prompts.Select(prompt => Start(prompt, Math.Min(20, prompt.GetProperty("prompt_ids").GetArrayLength() - 1)))];
            Decode(prefixed);
            for (int i = 0; i < prompts.Length; i++)
                AssertPath(prompts[i], prefixed[i], $"behind a prefix, pass {pass}");
        }

        GenerationSequence Start(JsonElement prompt, int prefix) => new(
            prompt.GetProperty("prompt_ids").Integers(), new GenerationSettings { MaximumTokens = Steps }, tokenizer, new HashSet<int>(), null, prefix);

        void Decode(params GenerationSequence[] sequences)
        {
            using DecodeBatch batch = new(model, prefixes, decoder);
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
