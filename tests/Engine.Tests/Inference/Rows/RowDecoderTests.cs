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

    /// <summary>The products are float32 over the file's own weights, so a bfloat16 model decodes better than its tensors do.</summary>
    [SkippableTheory]
    [InlineData("llama_variants/bf16_weights")]
    [InlineData("llama_variants/attention_bias")]
    [InlineData("gguf_models/stories260k.Q8_0.gguf")]
    [InlineData("smollm2")]
    public void Rows_of_a_bfloat16_model_are_nearer_to_float32_than_its_tensors(string name)
    {
        string path = name == "smollm2" ? Fixtures.SmolLm2 : Fixtures.Path(name.Split('/'));
        Skip.If(Directory.Exists(path) && !Directory.EnumerateFiles(path, "*.safetensors").Concat(Directory.EnumerateFiles(path, "*.gguf")).Any(), $"{path} has no weights");
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.BFloat16, CPU), exact = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        using RowDecoder decoder = RowDecoder.TryCreate(model, checkpoint)!;
        using IDisposable frozen = no_grad();
        using LoraAdapter adapter = Adapter(model.Config, 4, 1);
        AdapterRun[] runs = [new(null, 0, 1), new(adapter, 1, 1)];
        using KeyValueCache byTensors = Empty(model, 2), byRows = Empty(model, 2), reference = Empty(exact, 2);
        double tensorError = 0, rowError = 0;
        for (int t = 0; t < 6; t++)
        {
            using DisposeScope scope = NewDisposeScope();
            int[] step = [(7 + 17 * t) % model.Config.VocabularySize, (38 + 17 * t) % model.Config.VocabularySize];
            float[] expected = Step(exact, reference), rounded = StepOfTypes();
            float[] actual = decoder.Step(step, runs, byRows).ToArray();
            byRows.Advance();
            tensorError += expected.Zip(rounded, (e, a) => Math.Pow(e - a, 2)).Sum();
            rowError += expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Sum();

            float[] StepOfTypes()
            {
                using LoraAdapter narrow = Adapter(model.Config, 4, 1, ScalarType.BFloat16);
                return Step(model, byTensors, narrow);
            }

            float[] Step(LlamaModel own, KeyValueCache cache, LoraAdapter? narrow = null)
            {
                using CachedAttention attention = new(own.Rotary, cache);
                Tensor ids = tensor(step.Select(id => (long)id).ToArray(), [2, 1]);
                Tensor hidden = own.Forward(ids, attention, narrow is null ? runs : [new(null, 0, 1), new(narrow, 1, 1)]);
                cache.Advance();
                return [.. own.Head(hidden.view(2, -1)).to(ScalarType.Float32).data<float>()];
            }
        }

        Assert.InRange(rowError, 0, tensorError);
    }

    private static KeyValueCache Empty(LlamaModel model, int rows) => new(model.Config, new long[rows], model.Type, model.Device);

    private static LoraAdapter Adapter(LlamaConfig config, int rank, int seed, ScalarType type = ScalarType.Float32)
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
                    (randn([own, columns], generator: random) / Math.Sqrt(columns)).to(type), (randn([rows, own], generator: random) * 0.1).to(type),
                    new LoraSettings(own, rank));
            }
        }

        return new LoraAdapter(pairs);
    }
}
