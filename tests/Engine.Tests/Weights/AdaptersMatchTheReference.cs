using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>Adapters of peft and of llama.cpp's converter change the logits as they do in their own programs, and so do ours of them.</summary>
[Trait("Category", "Fixtures")]
public sealed class AdaptersMatchTheReference
{
    [SkippableTheory]
    [InlineData("stories260k_r8_all")]
    [InlineData("stories260k_rslora")]
    [InlineData("stories260k_alpha3_regex")]
    [InlineData("stories260k_rank_pattern")]
    public void In_PEFT_and_through_every_format_we_write(string name)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using var model = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        using var original = AdapterFile.Load(Fixtures.Path("lora_peft", name), checkpoint.Config, ScalarType.Float64);
        Check(original, "PEFT", 1e-9);

        using var narrow = AdapterFile.Load(Fixtures.Path("lora_peft", name), checkpoint.Config, ScalarType.Float32);
        PeftAdapter.Save(folder.File("peft"), narrow, "base");
        using var again = AdapterFile.Load(folder.File("peft"), checkpoint.Config, ScalarType.Float64);
        Check(again, "PEFT again", 1e-9);

        // An alpha or a folded B that float32 has to round moves logits by about 1e-6 at most.
        GgufAdapter.Save(folder.File("adapter.gguf"), narrow, checkpoint.Config, name);
        using var gguf = AdapterFile.Load(folder.File("adapter.gguf"), checkpoint.Config, ScalarType.Float64);
        Check(gguf, "GGUF", name.EndsWith("rank_pattern", StringComparison.Ordinal) ? 2e-6 : 1e-9);

        void Check(LoraAdapter adapter, string what, double tolerance)
        {
            foreach (var item in Fixtures.Json("lora_peft", name, "expected.json").GetProperty("cases").EnumerateArray())
            {
                var test = item.GetProperty("name").GetString()!;
                AdapterLogits.Check(model, adapter, AdapterLogits.Ids("stories260k", test), item.GetProperty("on"), tolerance, $"{what} {test}");
            }
        }
    }

    [SkippableFact]
    public void On_the_embedded_model()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixtures.SmolLm2);
        using var model = LlamaModel.Load(checkpoint, ScalarType.Float32, CPU);
        using var peft = AdapterFile.Load(Fixtures.Path("lora_peft", "smollm2_r2_qv"), checkpoint.Config, ScalarType.Float32);
        GgufAdapter.Save(folder.File("adapter.gguf"), peft, checkpoint.Config, "qv");
        using var gguf = AdapterFile.Load(folder.File("adapter.gguf"), checkpoint.Config, ScalarType.Float32);
        foreach (var item in Fixtures.Json("lora_peft", "smollm2_r2_qv", "expected.json").GetProperty("cases").EnumerateArray())
        {
            var test = item.GetProperty("name").GetString()!;
            foreach (var adapter in new[] { peft, gguf })
                AdapterLogits.Check(model, adapter, AdapterLogits.Ids("smollm2", test), item.GetProperty("on"), 5e-4, test);
        }
    }

    [SkippableFact]
    public void Of_llama_cpps_converter_with_the_strength_that_it_left_them()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Path("gguf_models", "stories260k.F32.gguf"));
        using var model = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        var compared = 0;
        foreach (var listed in Fixtures.Json("gguf_models", "expected.json").GetProperty("adapters_as_gguf").EnumerateObject())
        {
            using var adapter = AdapterFile.Load(Fixtures.Path("lora_peft", listed.Name, "adapter.gguf"), checkpoint.Config, ScalarType.Float64);
            foreach (var item in listed.Value.GetProperty("cases").EnumerateArray())
            {
                var test = item.GetProperty("name").GetString()!;
                AdapterLogits.Check(model, adapter, AdapterLogits.Ids("stories260k", test), item, 1e-9, $"{listed.Name} {test}");
                compared++;
            }
        }
        Assert.True(compared >= 8);
    }
}
