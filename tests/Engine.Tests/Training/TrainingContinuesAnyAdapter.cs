using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Training;

/// <summary>A run may start from an adapter of any shape: modules that lack a pair, or differ in rank and strength.</summary>
[Trait("Category", "Fixtures")]
public sealed class TrainingContinuesAnyAdapter
{
    [SkippableTheory]
    [InlineData("stories260k_rank_pattern")]
    [InlineData("stories260k_alpha3_regex")]
    [InlineData("stories260k_rslora")]
    [InlineData("stories260k_r8_all")]
    public void Its_gradients_are_those_of_the_forward_pass_that_serves_it(string fixture)
    {
        using LoraAdapter adapter = PeftAdapter.Load(Fixtures.Path("lora_peft", fixture), ScalarType.Float64);
        CompareGradients(adapter);
    }

    [SkippableTheory]
    [InlineData(2, LinearModule.Down)]
    [InlineData(4, LinearModule.Value)]
    [InlineData(0, LinearModule.Gate)]
    public void So_they_are_where_all_other_modules_and_layers_have_none(int layer, LinearModule module)
    {
        using LoraAdapter adapter = Adapter((layer, module, 3, 5));
        CompareGradients(adapter);
    }

    [SkippableFact]
    public void So_they_are_where_a_layer_between_adapted_ones_has_none()
    {
        using LoraAdapter adapter = Adapter(
            (0, LinearModule.Key, 2, 1), (0, LinearModule.Query, 5, 7), (3, LinearModule.Up, 1, 0.3), (3, LinearModule.Gate, 4, 8));
        CompareGradients(adapter);
    }

    [SkippableTheory]
    [InlineData("stories260k_rank_pattern", 0)]
    [InlineData("stories260k_alpha3_regex", 1)]
    public void A_resumed_run_gives_the_same_bytes_and_what_is_saved_is_the_same_adapter(string fixture, int memoryMb)
    {
        using TemporaryFolder folder = new();
        using LlamaModel model = Load(ScalarType.Float32);
        using LoraAdapter parent = PeftAdapter.Load(Fixtures.Path("lora_peft", fixture), ScalarType.Float32);
        using UnlearningTrainer straight = Trainer(model, parent, 0), first = Trainer(model, parent, memoryMb), second = Trainer(model, parent, memoryMb);
        Advance(straight, 4);
        Advance(first, 2);
        TrainingCheckpoint.Save(first, folder.File("run"), "it");
        TrainingCheckpoint.Restore(second, folder.File("run"), "it");
        Advance(second, 2);
        Assert.Equal(straight.Parameters.Flat.bytes.ToArray(), second.Parameters.Flat.bytes.ToArray());

        using LoraAdapter trained = second.Parameters.Snapshot();
        PeftAdapter.Save(folder.File("adapter"), trained, "base");
        using LoraAdapter loaded = PeftAdapter.Load(folder.File("adapter"), ScalarType.Float32);
        Assert.Equal(parent.Modules.Keys.Order(), loaded.Modules.Keys.Order());
        foreach ((string name, LoraPair pair) in loaded.Modules)
        {
            Assert.Equal(parent.Modules[name].Settings, pair.Settings);
            Assert.True(trained.Modules[name].B.bytes.SequenceEqual(pair.B.bytes), name);
            Assert.False(parent.Modules[name].B.bytes.SequenceEqual(pair.B.bytes), name);
        }
    }

    [SkippableFact]
    public void An_adapter_of_another_model_is_refused_by_the_name_of_the_module()
    {
        using LlamaModel model = Load(ScalarType.Float32);
        using LoraAdapter tooDeep = new(new Dictionary<string, LoraPair> { ["model.layers.5.mlp.up_proj"] = new(ones(1, 64), ones(172, 1), new(1, 1)) });
        using LoraAdapter tooWide = new(new Dictionary<string, LoraPair> { ["model.layers.0.mlp.up_proj"] = new(ones(1, 65), ones(172, 1), new(1, 1)) });
        using LoraAdapter empty = new(new Dictionary<string, LoraPair>());
        Assert.Contains("'model.layers.5.mlp.up_proj'", Refusal(tooDeep), StringComparison.Ordinal);
        Assert.Contains("model.layers.0.mlp.up_proj maps 65 numbers to 172, the base 64 to 172", Refusal(tooWide), StringComparison.Ordinal);
        Assert.Contains("no module", Refusal(empty), StringComparison.Ordinal);

        string Refusal(LoraAdapter adapter) => Assert.Throws<ArgumentException>(() => new LoraLayout(model.Config, adapter)).Message;
    }

    private static void CompareGradients(LoraAdapter adapter)
    {
        using LlamaModel model = Load(ScalarType.Float64);
        TrainingObjective[] objectives = Objectives();
        foreach (int memoryMb in new[] { 0, 1 })
        {
            using DisposeScope scope = NewDisposeScope();
            using LoraParameters parameters = LoraParameters.From(adapter, model.Config, ScalarType.Float64, CPU);
            IObjective[] losses = [.. objectives.Select(objective => Engine.Objectives.Objective.Create(objective.Loss))];
            TrainingMemory memory = new(model.Config, parameters.Layout, ScalarType.Float64, objectives.Length, memoryMb);
            using JointGradients joint = new(model, parameters, losses, memory);
            using GradientRows gradients = new(objectives.Length, parameters.Layout.Length, ScalarType.Float64, CPU);
            double[] values = joint.Compute([.. objectives.Select(objective => objective.Examples)], new Tensor?[objectives.Length], gradients, static () => { });
            for (int i = 0; i < objectives.Length; i++)
            {
                (double value, Tensor expected) = ByAutograd(model, parameters, objectives[i], losses[i]);
                double worst = (gradients.Row(i) - expected).abs().max().item<double>(), size = expected.abs().max().item<double>();
                Assert.Equal(value, values[i], 1e-11);
                Assert.True(size > 1e-6, "there is no gradient to compare");
                Assert.True(worst <= 1e-11 * Math.Max(1, size), $"{objectives[i].Name}: off by {worst:g3} of {size:g3}");
            }
        }
    }

    /// <summary>The loss and its gradient through the layers that serve chats, one sequence at a time.</summary>
    private static (double Value, Tensor Gradient) ByAutograd(LlamaModel model, LoraParameters parameters, TrainingObjective objective, IObjective loss)
    {
        using IDisposable _ = enable_grad();
        Tensor flat = parameters.Flat.clone().requires_grad_();
        List<Tensor> logits = [], targets = [];
        foreach (AnswerExample example in objective.Examples)
        {
            Tensor ids = tensor(example.Ids.Select(id => (long)id).ToArray(), [1, example.Ids.Count]);
            Tensor x = model.Embed(ids);
            using CausalAttention attention = new(model.Rotary, example.Ids.Count);
            for (int layer = 0; layer < model.Config.LayerCount; layer++)
            {
                LoraPair?[] pairs =
                    [.. parameters.Layout.Layer(layer).Select(block => block is null ? null : new LoraPair(block.A(flat), block.B(flat), block.Settings))];
                x = model.Layer(layer, x, attention, [new AdapterRows(0, 1, pairs)]);
            }

            long[] answers = [.. Enumerable.Range(0, example.Ids.Count).Where(t => example.AnswerMask[t]).Select(t => (long)t)];
            Tensor positions = tensor(answers);
            logits.Add(model.Head(x[0].index_select(0, positions - 1)));
            targets.Add(ids[0].index_select(0, positions));
        }

        Tensor value = ((ITokenObjective)loss).Sum(cat(logits), cat(targets), null) / targets.Sum(target => target.shape[0]);
        value.backward();
        return (value.item<double>(), flat.grad!);
    }

    private static LlamaModel Load(ScalarType type)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        return LlamaModel.Load(checkpoint, type, CPU);
    }

    private static LoraAdapter Adapter(params (int Layer, LinearModule Module, int Rank, double Alpha)[] modules)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using Generator random = new(7, CPU);
        return new LoraAdapter(modules.ToDictionary(
            module => ModuleNames.Linear(module.Layer, module.Module),
            module =>
            {
                (long outputs, long inputs) = ModuleNames.Shape(checkpoint.Config, module.Module);
                return new LoraPair(
                    randn([module.Rank, inputs], ScalarType.Float64, generator: random) / Math.Sqrt(inputs),
                    randn([outputs, module.Rank], ScalarType.Float64, generator: random) * 0.1,
                    new LoraSettings(module.Rank, module.Alpha));
            }));
    }

    private static UnlearningTrainer Trainer(LlamaModel model, LoraAdapter parent, int memoryMb) => new(
        model,
        new TrainingSettings { Steps = 4, BatchSize = 2, LearningRate = 1e-2, Lora = new LoraSettings(16, 32) },
        [.. Objectives(), new TrainingObjective("normal", "kl", Objectives()[0].Examples)],
        parent,
        memoryMb);

    private static void Advance(UnlearningTrainer trainer, int steps)
    {
        for (int i = 0; i < steps; i++)
            trainer.Advance();
    }

    private static TrainingObjective[] Objectives() => [Of("forget", "uce", 1), Of("retain", "ce", 3)];

    // Lengths differ, so that sequences of a segment are attended to apart.
    private static TrainingObjective Of(string name, string loss, int seed) => new(name, loss, [.. Enumerable.Range(0, 4).Select(i =>
    {
        int[] ids = [1, .. Enumerable.Range(0, 7 + ((seed + i) % 3)).Select(t => 3 + (((37 * seed) + (101 * i) + (53 * t)) % 500))];
        return new AnswerExample($"{name} {i}", ids, [.. ids.Select((_, t) => t >= 4)]);
    })]);
}
