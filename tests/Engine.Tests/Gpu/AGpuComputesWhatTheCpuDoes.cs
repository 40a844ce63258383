using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Tests.Inference;
using Unlearning.Engine.Tests.Models;
using Unlearning.Engine.Tests.Weights;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Gpu;

[Trait("Category", "Gpu")]
[Collection(GpuTests.Name)]
public sealed class AGpuComputesWhatTheCpuDoes
{
    [SkippableTheory]
    [InlineData(ScalarType.Float64, 1e-9, 1e-9)]
    [InlineData(ScalarType.Float32, 2e-4, 5e-4)]
    public void Logits_are_the_references(ScalarType type, double probabilityTolerance, double logitTolerance) =>
        LogitsMatchTheReference.Check(
            Fixtures.Asset("stories260k"), Fixtures.Json("stories260k", "logits.json"), type, probabilityTolerance, logitTolerance, Gpu.Required);

    [SkippableFact]
    public void So_are_the_embedded_models() =>
        LogitsMatchTheReference.Check(Fixtures.SmolLm2, Fixtures.Json("smollm2", "logits.json"), ScalarType.Float32, 2e-4, 5e-4, Gpu.Required);

    [SkippableTheory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void So_are_those_of_models_of_every_form(ScalarType type)
    {
        Device gpu = Gpu.Required;
        string[] folders = [.. Directory.GetDirectories(Fixtures.Path("llama_variants")).Where(HuggingFaceCheckpoint.IsPresent)];
        Assert.True(folders.Length >= 5);
        foreach (string folder in folders)
            EveryVariantMatchesTheReference.Check(folder, Fixtures.Json("llama_variants", Path.GetFileName(folder), "expected.json"), type, 1e-9, gpu);
    }

    /// <summary>The products of both are rounded to 8 bits, in another order: each token's probability moves by a few percent at most.</summary>
    [SkippableFact]
    public void In_bfloat16_probabilities_are_the_cpus_to_its_precision()
    {
        Device gpu = Gpu.Required;
        AnswerExample[] examples = Examples();
        double[] exact = Logs(examples, ScalarType.Float64, CPU), narrow = Logs(examples, ScalarType.BFloat16, CPU), own = Logs(examples, ScalarType.BFloat16, gpu);
        double error = Distance(exact, narrow);
        Assert.InRange(error, 1e-4, 0.1);
        Assert.True(Distance(exact, own) < 2 * error, $"off by {Distance(exact, own):g3} on the GPU, {error:g3} on the CPU");

        static double Distance(double[] left, double[] right) => left.Zip(right, (a, b) => Math.Abs(a - b)).Average();
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Likelihoods_of_answers_are_the_cpus(ScalarType type, double tolerance)
    {
        Device gpu = Gpu.Required;
        AnswerExample[] examples = Examples();
        double worst = Logs(examples, type, CPU).Zip(Logs(examples, type, gpu), (cpu, own) => Math.Abs(cpu - own)).Max();
        Assert.True(worst <= tolerance, $"off by {worst:g3}");
    }

    [SkippableTheory]
    [InlineData("stories260k_r8_all", ScalarType.Float64, 1e-9)]
    [InlineData("stories260k_rank_pattern", ScalarType.Float32, 5e-4)]
    public void An_adapter_changes_the_logits_as_on_the_cpu(string name, ScalarType type, double tolerance)
    {
        Device gpu = Gpu.Required;
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, type, gpu);
        using LoraAdapter adapter = AdapterFile.Load(Fixtures.Path("lora_peft", name), checkpoint.Config, type, gpu);
        foreach (var item in Fixtures.Json("lora_peft", name, "expected.json").GetProperty("cases").EnumerateArray())
        {
            string test = item.GetProperty("name").GetString()!;
            AdapterLogits.Check(model, adapter, AdapterLogits.Ids("stories260k", test), item.GetProperty("on"), tolerance, test);
        }
    }

    [SkippableTheory]
    [InlineData("stories260k")]
    [InlineData("smollm2")]
    public void Greedy_answers_are_the_references_alone_in_a_batch_and_behind_a_prefix(string name)
    {
        Device gpu = Gpu.Required;
        string path = name == "smollm2" ? Fixtures.SmolLm2 : Fixtures.Path("gguf_models", "stories260k.F32.gguf");
        GreedyMatchesTheReference.Check(path, Fixtures.Json(name, "greedy.json"), byRows: false, gpu);
    }

    [SkippableFact]
    public async Task The_whole_engine_answers_and_scores_as_on_the_cpu()
    {
        _ = Gpu.Required;
        string[] prompts = ["What is the capital of France?", "Name three colours.", "Write one sentence about the sea."];
        (IReadOnlyList<string> Answers, double Score) cpu = await Ask("cpu"), gpu = await Ask("cuda:0");
        Assert.Equal(cpu.Answers, gpu.Answers);
        Assert.Equal(cpu.Score, gpu.Score, 1e-3);

        async Task<(IReadOnlyList<string> Answers, double Score)> Ask(string device)
        {
            using LlamaEngine engine = await LlamaEngine.LoadAsync(new EngineOptions { Model = Fixtures.SmolLm2, Type = "float32", Device = device });
            Assert.Equal(device, engine.Model.Device.ToString());
            IReadOnlyList<string> answers = await engine.AnswerAsync(prompts, null, new GenerationSettings { MaximumTokens = 16 });
            AnswerExample example = AnswerExample.Create("example", prompts[0], "The capital of France is Paris.", engine.Template, engine.Tokenizer);
            return (answers, (await engine.ScoreAsync([example], null))[0].NegativeLogLikelihood);
        }
    }

    /// <summary>The cases of the logits' fixture, all but the first token as the answer.</summary>
    private static AnswerExample[] Examples() =>
        [.. Fixtures.Json("stories260k", "logits.json").GetProperty("prompts").EnumerateArray()
            .Select(prompt => prompt.GetProperty("ids").Integers())
            .Where(ids => ids.Length > 1)
            .Select(ids => new AnswerExample("example", ids, [.. ids.Select((_, t) => t > 0)]))];

    private static double[] Logs(AnswerExample[] examples, ScalarType type, Device device)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, type, device);
        return [.. Likelihood.Tokens(model, examples, null).SelectMany(answer => answer.Logs)];
    }
}
