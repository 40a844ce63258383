using System.Text.Json;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>Compares what a model computes under an adapter with a summary of what a peer did.</summary>
internal static class AdapterLogits
{
    /// <summary>Checks log-probabilities of the next tokens and the largest logits at the last position.</summary>
    public static void Check(LlamaModel model, LoraAdapter? adapter, int[] ids, JsonElement expected, double tolerance, string what)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var logits = Of(model, adapter, ids).cpu().to(ScalarType.Float64);
        var logProbabilities = logits.log_softmax(-1);
        Near(
            expected.GetProperty("next_logprob").Numbers(),
            [.. Enumerable.Range(0, ids.Length - 1).Select(i => logProbabilities[i, ids[i + 1]].item<double>())],
            what + " next_logprob");
        var top = expected.GetProperty("last_top");
        Near(
            top.GetProperty("logits").Numbers(),
            [.. top.GetProperty("ids").Integers().Select(id => logits[ids.Length - 1, id].item<double>())],
            what + " last_top");

        void Near(double[] wanted, double[] actual, string name)
        {
            Assert.Equal(wanted.Length, actual.Length);
            var worst = wanted.Zip(actual, (e, a) => Math.Abs(e - a)).DefaultIfEmpty().Max();
            Assert.True(worst <= tolerance, $"{name}: off by {worst:g3}, allowed {tolerance:g3}");
        }
    }

    /// <summary>The logits at every position, [ids, vocabulary].</summary>
    public static Tensor Of(LlamaModel model, LoraAdapter? adapter, int[] ids)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var attention = new CausalAttention(model.Rotary, ids.Length);
        var row = tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length], device: model.Device);
        return model.Head(model.Forward(row, attention, adapter)).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The token ids of a case, which the base's own fixture lists by name.</summary>
    public static int[] Ids(string baseName, string caseName) => Fixtures.Json(baseName, "logits.json").GetProperty("prompts").EnumerateArray()
        .First(prompt => prompt.GetProperty("name").GetString() == caseName).GetProperty("ids").Integers();
}
