using System.Text.Json;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>Models of every form, in both file formats, compute what the peers compute from the same file.</summary>
[Trait("Category", "Fixtures")]
public sealed class EveryVariantMatchesTheReference
{
    private const double InverseFrequenciesInFloat32 = 3e-5;

    [SkippableTheory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void Of_Hugging_Face_folders(ScalarType type)
    {
        var folders = Directory.GetDirectories(Fixtures.Path("llama_variants")).Where(HuggingFaceCheckpoint.IsPresent).ToList();
        Assert.True(folders.Count >= 5);
        foreach (var folder in folders)
            Check(folder, Fixtures.Json("llama_variants", Path.GetFileName(folder), "expected.json"), type, 1e-9);
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void Of_GGUF_files(ScalarType type)
    {
        var models = Fixtures.Json("gguf_models", "expected.json").GetProperty("models");
        var listed = models.ValueKind == JsonValueKind.Array
            ? models.EnumerateArray().ToList()
            : [.. models.EnumerateObject().Select(model => model.Value)];
        Assert.True(listed.Count >= 5);
        foreach (var model in listed)
        {
            var file = model.GetProperty("file").GetString()!;
            var tolerance = file.Contains("rope_llama3", StringComparison.Ordinal) ? InverseFrequenciesInFloat32 : 1e-9;
            Check(Fixtures.Path("gguf_models", file), model, type, tolerance);
        }
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_model_widened_row_by_row_has_the_same_weights(ScalarType type)
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Path("gguf_models", "stories260k.Q8_0.gguf"));
        foreach (var name in checkpoint.TensorNames)
        {
            var stored = checkpoint.Stored(name);
            using var whole = checkpoint.Read(name, type);
            using var row = empty([stored.RowLength], type);
            Assert.Equal(whole.numel(), stored.Rows * stored.RowLength);
            for (var i = 0L; i < stored.Rows; i++)
            {
                stored.Read(i, row);
                using var expected = whole.view(stored.Rows, -1)[i].contiguous();
                Assert.True(expected.bytes.SequenceEqual(row.bytes), name);
                Assert.Equal(stored.RowBytes, stored.Row(i).Length);
            }
        }
    }

    internal static void Check(string path, JsonElement expected, ScalarType type, double float64Tolerance, Device? device = null)
    {
        using var checkpoint = Checkpoint.Open(path);
        using var model = LlamaModel.Load(checkpoint, type, device ?? CPU);
        using var frozen = no_grad();
        foreach (var item in expected.GetProperty("cases").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var what = $"{Path.GetFileName(path)} {item.GetProperty("name").GetString()} ";
            var tolerance = float64Tolerance;
            if (type == ScalarType.Float32)
            {
                tolerance = item.TryGetProperty("max_abs_diff_logits_float32_float64", out var stock)
                    ? Math.Max(1e-4, 4 * stock.GetDouble())
                    : 5e-4;
            }
            var ids = item.GetProperty("ids").Integers();
            var positions = item.TryGetProperty("position_ids", out var given) ? given.Integers() : [.. Enumerable.Range(0, ids.Length)];
            var row = tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length], device: model.Device);
            var hidden = model.Forward(row, new Positioned(model, positions), adapter: null);
            var logits = model.Head(hidden).squeeze(0).cpu().to(ScalarType.Float64);
            var sums = logits.logsumexp(-1).data<double>().ToArray();
            var reference = item.GetProperty("float64");
            AssertClose(what + "logsumexp", reference.GetProperty("logsumexp").Numbers(), sums, tolerance);
            AssertClose(
                what + "next_logprob",
                reference.GetProperty("next_logprob").Numbers(),
                [.. Enumerable.Range(0, ids.Length - 1).Select(i => logits[i, ids[i + 1]].item<double>() - sums[i])],
                tolerance);
            var top = reference.GetProperty("last_top");
            AssertClose(
                what + "last_top",
                top.GetProperty("logits").Numbers(),
                [.. top.GetProperty("ids").Integers().Select(id => logits[ids.Length - 1, id].item<double>())],
                tolerance);
        }
    }

    private static void AssertClose(string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= tolerance, $"{what}: off by {worst:g3}, allowed {tolerance:g3}");
    }

    /// <summary>Causal attention of tokens at any positions.</summary>
    private sealed class Positioned(LlamaModel model, int[] positions) : IAttention
    {
        public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
        {
            var at = tensor(positions.Select(position => (long)position).ToArray(), device: model.Device);
            var (cosine, sine) = model.Rotary.At(at, positions.Max() + 1);
            var mask = full(positions.Length, positions.Length, double.NegativeInfinity, dtype: query.dtype, device: model.Device).triu(1);
            return GroupedAttention.Attend(
                RotaryTable.Rotate(query, cosine, sine), RotaryTable.Rotate(key, cosine, sine), value, mask);
        }
    }
}
