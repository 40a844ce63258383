using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>An adapter that we export loads in llama.cpp and changes its logits as it changes ours.</summary>
[Trait("Category", "Fixtures")]
public sealed class LlamaCppMovesAsWeDo
{
    [SkippableTheory]
    [InlineData("stories260k_r8_all")]
    [InlineData("stories260k_rslora")]
    [InlineData("stories260k_alpha3_regex")]
    [InlineData("stories260k_rank_pattern")]
    public void Under_an_adapter_of_a_plain_model(string adapter)
    {
        // Both round sums of float32, of logits around 10.
        var (theirs, ours) = Changes(Fixtures.Path("gguf_models", "stories260k.F32.gguf"), adapter, AdapterLogits.Ids("stories260k", "sentence"));
        using (theirs)
        using (ours)
        {
            Assert.True(Largest(ours) > 1, $"logits move by {Largest(ours):g3} only");
            Assert.True(LargestDifference(theirs, ours) < 2e-4, $"off by {LargestDifference(theirs, ours):g3}");
        }
    }

    [SkippableFact]
    public void Under_an_adapter_of_the_embedded_models_first_layers_in_float32()
    {
        using var folder = new TemporaryFolder();
        WriteFirstLayers(Fixtures.SmolLm2Gguf, folder.File("m.gguf"), layers: 3);
        var (theirs, ours) = Changes(folder.File("m.gguf"), "smollm2_r2_qv", AdapterLogits.Ids("smollm2", "chat_capital"));
        using (theirs)
        using (ours)
        {
            Assert.True(Largest(ours) > 0.1, $"logits move by {Largest(ours):g3} only");
            Assert.True(LargestDifference(theirs, ours) < 1e-3 * Largest(ours), $"off by {LargestDifference(theirs, ours):g3} of {Largest(ours):g3}");
        }
    }

    /// <summary>
    /// llama.cpp multiplies 4-bit weights with activations that it rounds to 8 bits, which alone changes this model's logits by more than a
    /// third of what the adapter does. So only the direction of the change can be compared.
    /// </summary>
    [SkippableFact]
    public void Under_an_adapter_of_the_embedded_model_as_far_as_its_rounding_allows()
    {
        var (theirs, ours) = Changes(Fixtures.SmolLm2Gguf, "smollm2_r2_qv", AdapterLogits.Ids("smollm2", "chat_capital"));
        using (theirs)
        using (ours)
        {
            using var product = (theirs * ours).sum();
            using var lengths = theirs.norm() * ours.norm();
            var cosine = product.item<float>() / lengths.item<float>();
            Assert.True(cosine > 0.7, $"the cosine between their change and ours is {cosine:g3}");
        }
    }

    /// <summary>What the adapter changes in the logits at every position, in llama.cpp and here.</summary>
    private static (Tensor Theirs, Tensor Ours) Changes(string path, string name, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(path);
        using var model = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        using var whole = PeftAdapter.Load(Fixtures.Path("lora_peft", name), ScalarType.Float32);
        var adapter = new LoraAdapter(whole.Modules
            .Where(module => ModuleNames.TryParseLinear(module.Key, out var layer, out _) && layer < checkpoint.Config.LayerCount)
            .ToDictionary());
        GgufAdapter.Save(folder.File("adapter.gguf"), adapter, checkpoint.Config, name);
        using var llama = new LlamaCppLogits(path);
        var theirs = Matrix(llama.Of(folder.File("adapter.gguf"), ids)) - Matrix(llama.Of(null, ids));
        var ours = AdapterLogits.Of(model, adapter, ids) - AdapterLogits.Of(model, null, ids);
        return (theirs.MoveToOuterDisposeScope(), ours.MoveToOuterDisposeScope());
    }

    private static void WriteFirstLayers(string source, string target, int layers)
    {
        using var scope = NewDisposeScope();
        using var file = new GgufFile(source);
        var metadata = new List<(string, object)> { ("general.architecture", "llama"), ("tokenizer.ggml.model", "no_vocab") };
        foreach (var key in new[]
        {
            "context_length", "embedding_length", "feed_forward_length", "attention.head_count", "attention.head_count_kv",
            "rope.dimension_count", "vocab_size",
        })
            metadata.Add(("llama." + key, (uint)file.Integer("llama." + key)!));
        metadata.Add(("llama.block_count", (uint)layers));
        metadata.Add(("llama.rope.freq_base", (float)file.Number("llama.rope.freq_base")!));
        metadata.Add(("llama.attention.layer_norm_rms_epsilon", (float)file.Number("llama.attention.layer_norm_rms_epsilon")!));
        var tensors = file.Tensors.Values
            .Where(tensor => tensor.Name.Split('.') is not ["blk", var layer, ..] || int.Parse(layer, null) < layers)
            .Select(tensor => (tensor.Name, file.Stored(tensor).Read(ScalarType.Float32)))
            .ToList();
        AtomicFile.Write(target, stream => GgufWriter.Write(stream, metadata, tensors));
    }

    private static Tensor Matrix(float[][] rows) => stack(rows.Select(row => tensor(row)));

    private static float Largest(Tensor change)
    {
        using var scope = NewDisposeScope();
        return change.abs().max().item<float>();
    }

    private static float LargestDifference(Tensor theirs, Tensor ours)
    {
        using var scope = NewDisposeScope();
        return (theirs - ours).abs().max().item<float>();
    }
}
