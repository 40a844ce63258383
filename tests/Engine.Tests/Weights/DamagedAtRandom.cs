using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>
/// Whatever happens to a file, it is read or refused with a <see cref="CheckpointException"/>, within bounded memory. The damage is drawn
/// from fixed seeds; UNLEARNING_FUZZ multiplies its amount.
/// </summary>
[Trait("Category", "Fixtures")]
public sealed class DamagedAtRandom
{
    private const long MostAllocatedBytes = 32 << 20;

    private static readonly int Amount = int.TryParse(Environment.GetEnvironmentVariable("UNLEARNING_FUZZ"), out var times) ? times : 1;

    [SkippableTheory]
    [InlineData("rope_llama3_small_context.F32.gguf", 500)]
    [InlineData("stories260k.Q8_0.gguf", 400)]
    public void A_GGUF(string name, int times) =>
        Damage(Fixtures.Path("gguf_models"), name, times, folder => ReadAll(folder.File(name)));

    [SkippableFact]
    public void A_GGUF_with_K_quants()
    {
        using var source = new TemporaryFolder();
        KQuantGguf.Write(source.File("k.gguf"));
        Damage(source.Path, "k.gguf", 1000, folder => ReadAll(folder.Path));
    }

    [SkippableTheory]
    [InlineData("model-00002-of-00004.safetensors", 800)]
    [InlineData("model.safetensors.index.json", 800)]
    [InlineData("config.json", 800)]
    public void A_file_of_a_sharded_model(string name, int times) =>
        Damage(Fixtures.Path("llama_variants", "sharded"), name, times, folder => ReadAll(folder.Path));

    [SkippableFact]
    public void A_config_with_rotary_scaling() =>
        Damage(
            Fixtures.Path("llama_variants", "rope_llama3_new_form"), "config.json", 2000,
            folder => HuggingFaceConfig.Read(folder.File("config.json")));

    [SkippableFact]
    public void An_adapter()
    {
        var source = Fixtures.Path("lora_peft", "stories260k_alpha3_regex");
        foreach (var name in new[] { "adapter_config.json", "adapter_model.safetensors" })
        {
            Damage(source, name, 600, folder => PeftAdapter.Load(folder.Path, ScalarType.Float32).Dispose());
        }
    }

    [SkippableFact]
    public void An_adapter_with_patterns() =>
        Damage(
            Fixtures.Path("lora_peft", "stories260k_rank_pattern"), "adapter_config.json", 600,
            folder => PeftAdapter.Load(folder.Path, ScalarType.Float32).Dispose());

    [SkippableFact]
    public void A_GGUF_adapter()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        Damage(
            Fixtures.Path("lora_peft", "stories260k_rank_pattern"), "adapter.gguf", 1000,
            folder => GgufAdapter.Load(folder.File("adapter.gguf"), checkpoint.Config, ScalarType.Float32).Dispose());
    }

    [Fact]
    public void A_tokenizer_json()
    {
        using var source = new TemporaryFolder();
        File.WriteAllText(source.File("tokenizer.json"), SmallTokenizer);
        Damage(source.Path, "tokenizer.json", 1500, folder =>
            Tokenizer.FromFile(folder.File("tokenizer.json")).Encode("aab <|x|> ab", recognizeSpecialTokens: true));
    }

    private const string SmallTokenizer = """
        {"added_tokens": [{"id": 4, "content": "<|x|>", "special": true}, {"id": 5, "content": "<y>", "special": false}],
         "normalizer": null,
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false}]},
         "decoder": {"type": "ByteLevel"},
         "model": {"type": "BPE", "ignore_merges": true,
            "vocab": {"a": 0, "b": 1, "aa": 2, "Ġ": 3, "aab": 6}, "merges": ["a a", ["aa", "b"]]}}
        """;

    /// <summary>Opens the folder's model with one of its files damaged in many ways, one after the other.</summary>
    private static void Damage(string source, string name, int times, Action<TemporaryFolder> open)
    {
        using var folder = new TemporaryFolder().With(source);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        open(folder); // undamaged, it opens
        var original = File.ReadAllBytes(folder.File(name));
        var isText = name.EndsWith(".json", StringComparison.Ordinal);
        var refused = 0;
        for (var seed = 0; seed < times * Amount; seed++)
        {
            File.WriteAllBytes(folder.File(name), DamagedBytes.Create(original, new Random(seed), isText));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                open(folder);
            }
            catch (CheckpointException refusal)
            {
                refused++;
                Assert.Equal($"{refusal.File}: {refusal.What}. {refusal.Fix}", refusal.Message);
                Assert.DoesNotContain('\n', refusal.What);
            }
            catch (Exception e)
            {
                Assert.Fail($"{name}, seed {seed}: {e}");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostAllocatedBytes, $"{name}, seed {seed}: {allocated} bytes allocated");
        }
        Assert.InRange(refused, times * Amount / 20, times * Amount);
    }

    private static void ReadAll(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        foreach (var name in checkpoint.TensorNames)
            checkpoint.Read(name, ScalarType.Float32).Dispose();
        if (checkpoint.ReadVocabulary() is { Model: not "none" } vocabulary)
            Tokenizer.FromVocabulary(vocabulary).Encode("<s>Once upon a time</s>", recognizeSpecialTokens: true);
    }
}
