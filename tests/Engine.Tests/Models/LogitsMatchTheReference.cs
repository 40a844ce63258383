using System.Text.Json;
using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Models;

[Trait("Category", "Fixtures")]
public sealed class LogitsMatchTheReference
{
    [SkippableFact]
    public void Stories260k_in_float64_agrees_to_rounding() =>
        Check(Fixtures.Asset("stories260k"), Fixtures.Json("stories260k", "logits.json"), ScalarType.Float64, 1e-9, 1e-9);

    [SkippableFact]
    public void Stories260k_in_float32_agrees_to_float32_rounding() =>
        Check(Fixtures.Asset("stories260k"), Fixtures.Json("stories260k", "logits.json"), ScalarType.Float32, 2e-4, 5e-4);

    [SkippableFact]
    public void Smollm2_in_float32_agrees_to_float32_rounding() =>
        Check(Fixtures.SmolLm2, Fixtures.Json("smollm2", "logits.json"), ScalarType.Float32, 2e-4, 5e-4);

    internal static void Check(
        string folder, JsonElement fixture, ScalarType type, double probabilityTolerance, double logitTolerance, Device? device = null)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(folder);
        using LlamaModel model = LlamaModel.Load(checkpoint, type, device ?? CPU);
        using IDisposable frozen = no_grad();
        int compared = 0;
        foreach (JsonElement prompt in fixture.GetProperty("prompts").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            string name = prompt.GetProperty("name").GetString()!;
            long[] ids = [.. prompt.GetProperty("ids").Integers()];
            JsonElement expected = prompt.GetProperty("float64");
            using CausalAttention attention = new(model.Rotary, ids.Length);
            Tensor row = tensor(ids, [1, ids.Length], device: model.Device);
            Tensor logits = model.Head(model.Forward(row, attention, adapter: null)).squeeze(0).cpu().to(ScalarType.Float64);
            double[] logSums = [.. logits.logsumexp(-1).data<double>()];
            AssertClose(name + " logsumexp", expected.GetProperty("logsumexp").Numbers(), logSums, logitTolerance);

            Tensor last = logits[ids.Length - 1];
            JsonElement top = expected.GetProperty("last_top");
            int[] topIds = top.GetProperty("ids").Integers();
            AssertClose(name + " last logits", top.GetProperty("logits").Numbers(), [.. topIds.Select(id => last[id].item<double>())], logitTolerance);
            Assert.Equal(topIds[0], last.argmax().item<long>());
            compared++;
            if (ids.Length == 1)
                continue;

            double[] next = [.. Enumerable.Range(0, ids.Length - 1).Select(i => logits[i, ids[i + 1]].item<double>() - logSums[i])];
            AssertClose(name + " next_logprob", expected.GetProperty("next_logprob").Numbers(), next, probabilityTolerance);
            AssertClose(name + " mean_nll", [expected.GetProperty("mean_nll").GetDouble()], [-next.Average()], probabilityTolerance);
        }

        Assert.Equal(8, compared);
    }

    private static void AssertClose(string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= tolerance, $"{what}: off by {worst:g3}, allowed {tolerance:g3}");
    }
}
