using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>A folder as meta-llama/Meta-Llama-3-8B-Instruct is downloaded, with small sizes, needs its path and nothing else.</summary>
[Trait("Category", "Fixtures")]
public sealed class Llama3FolderTests
{
    private const string ConfigJson = """
        {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000,
         "eos_token_id": 128009, "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 56,
         "max_position_embeddings": 8192, "model_type": "llama", "num_attention_heads": 8, "num_hidden_layers": 3,
         "num_key_value_heads": 2, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 500000.0,
         "tie_word_embeddings": false, "torch_dtype": "bfloat16", "transformers_version": "4.40.0.dev0", "use_cache": true,
         "vocab_size": 128256}
        """;

    private const string GenerationJson = """
        {"bos_token_id": 128000, "eos_token_id": [128001, 128009], "do_sample": true, "temperature": 0.6, "max_length": 4096,
         "top_p": 0.9, "transformers_version": "4.40.0.dev0"}
        """;

    [SkippableTheory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public async Task It_loads_encodes_chats_and_answers(string type)
    {
        using var folder = Create();
        using (var checkpoint = Checkpoint.Open(folder.Path))
        {
            Assert.Equal([128001, 128009], checkpoint.EndTokens);
            Assert.Equal(GgmlType.BF16, checkpoint.Stored("lm_head.weight").Type);
        }
        using var engine = await LlamaEngine.LoadAsync(new() { Model = folder.Path, Type = type });
        Assert.Equal("Llama-3", engine.Template.Name);
        Assert.Equal([128009, 128001], engine.Template.StopTokens(engine.Tokenizer));
        var answers = await engine.AnswerAsync(["Hello <|eot_id|> there"], null, new() { MaximumTokens = 4 });
        Assert.Single(answers);
    }

    private static TemporaryFolder Create()
    {
        var tokenizer = Fixtures.Llama3Tokenizer;
        var folder = new TemporaryFolder();
        foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json" })
            File.CreateSymbolicLink(folder.File(name), Path.Combine(tokenizer, name));
        File.WriteAllText(folder.File("config.json"), ConfigJson);
        File.WriteAllText(folder.File("generation_config.json"), GenerationJson);
        File.WriteAllText(folder.File("special_tokens_map.json"), """{"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}""");
        Directory.CreateDirectory(folder.File("original"));

        using var scope = NewDisposeScope();
        manual_seed(1);
        var config = HuggingFaceConfig.Read(folder.File("config.json"));
        var map = new Dictionary<string, string>();
        foreach (var (shard, tensors) in LlamaTensors.Expected(config).Chunk(8).Index())
        {
            var name = $"model-{shard + 1:d5}-of-00004.safetensors";
            Safetensors.Write(
                folder.File(name),
                tensors.ToDictionary(tensor => tensor.Name, tensor => (randn(tensor.Shape) * 0.02).to(ScalarType.BFloat16)),
                new Dictionary<string, string> { ["format"] = "pt" });
            foreach (var tensor in tensors)
                map[tensor.Name] = name;
        }
        Assert.Equal(4, map.Values.Distinct().Count());
        File.WriteAllText(
            folder.File("model.safetensors.index.json"),
            JsonSerializer.Serialize(new { metadata = new { total_size = 16060522496 }, weight_map = map }));
        return folder;
    }
}
