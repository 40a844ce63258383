using TorchSharp;
using Unlearning.Engine.Inference.Rows;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Inference.Rows;

[Trait("Category", "Fixtures")]
public sealed class RowDecoderTests
{
    /// <summary>Every checkpoint kind: plain and quantised, tied and untied, biases, own head size, all rotary scalings.</summary>
    public static TheoryData<string> Checkpoints => new(
        "llama_variants/gqa_8_2_untied", "llama_variants/mha_tied_minimal_config", "llama_variants/head_dim_32_tied",
        "llama_variants/rope_llama3_small_context", "llama_variants/rope_linear_type_key", "llama_variants/attention_bias",
        "llama_variants/mlp_bias_tied", "llama_variants/bf16_weights", "llama_variants/sharded",
        "gguf_models/stories260k.F32.gguf", "gguf_models/stories260k.Q8_0.gguf", "gguf_models/head_dim_32_tied.F32.gguf", "smollm2");

    [SkippableTheory]
    [MemberData(nameof(Checkpoints))]
    public void Rows_agree_with_tensors_to_rounding_under_mixed_adapters_and_do_not_depend_on_their_neighbours(string name)
    {
        string path = name == "smollm2" ? Fixtures.SmolLm2 : Fixtures.Path(name.Split('/'));
        Skip.If(Directory.Exists(path) && !Directory.EnumerateFiles(path, "*.safetensors").Concat(Directory.EnumerateFiles(path, "*.gguf")).Any(), $"{path} has no weights");
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        using RowDecoder decoder = RowDecoder.TryCreate(model, checkpoint)!;
        using IDisposable frozen = no_grad();
        using LoraAdapter first = Adapter(model.Config, 4, 1), second = Adapter(model.Config, 16, 2);
        AdapterRun[] runs = [new(first, 0, 2), new(null, 2, 1), new(second, 3, 1)];
        int[][] ids = [.. Enumerable.Range(0, 4).Select(row => Enumerable.Range(0, 6).Select(t => (7 + 31 * row + 17 * t) % model.Config.VocabularySize).ToArray())];

        using KeyValueCache byTensors = Empty(model, 4), byRows = Empty(model, 4), alone = Empty(model, 1);
        for (int t = 0; t < 6; t++)
        {
            using DisposeScope scope = NewDisposeScope();
            int[] step = [.. ids.Select(row => row[t])];
            using CachedAttention attention = new(model.Rotary, byTensors);
            Tensor hidden = model.Forward(tensor(step.Select(id => (long)id).ToArray(), [4, 1]), attention, runs);
            float[] expected = [.. model.Head(hidden.view(4, -1)).data<float>()];
            float[] actual = decoder.Step(step, runs, byRows).ToArray();
            float[] single = decoder.Step([step[3]], [new(second, 0, 1)], alone).ToArray();
            foreach (KeyValueCache cache in new[] { byTensors, byRows, alone })
                cache.Advance();

            double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
            Assert.True(worst < 1e-4 * Math.Max(1, expected.Max(MathF.Abs)), $"token {t}: off by {worst:g3}");
            Assert.Equal(actual[(3 * model.Config.VocabularySize)..], single);
        }
    }

    private static KeyValueCache Empty(LlamaModel model, int rows) => new(model.Config, new long[rows], model.Type, model.Device);

    private static LoraAdapter Adapter(LlamaConfig config, int rank, int seed)
    {
        using Generator random = new((ulong)seed, CPU);
        Dictionary<string, LoraPair> pairs = [];
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            // Not every module, and not all of one rank, so that this is exercised too.
            foreach (LinearModule module in ModuleNames.LinearModules.Where(module => (layer + (int)module + seed) % 3 != 0))
            {
                (long rows, long columns) = ModuleNames.Shape(config, module);
                int own = rank - (int)module % 3;
                pairs[ModuleNames.Linear(layer, module)] = new LoraPair(
                    randn([own, columns], generator: random) / Math.Sqrt(columns), randn([rows, own], generator: random) * 0.1,
                    new LoraSettings(own, rank));
            }
        }

        return new LoraAdapter(pairs);
    }
}
