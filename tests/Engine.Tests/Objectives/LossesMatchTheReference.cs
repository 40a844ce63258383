using System.Text.Json;
using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Objectives;

/// <summary>Values and gradients over all weights of a small model, against another implementation in float64.</summary>
[Trait("Category", "Fixtures")]
public sealed class LossesMatchTheReference
{
    [SkippableFact]
    public void Every_loss_agrees_in_value_and_in_the_gradient_of_every_weight()
    {
        JsonElement fixture = Fixtures.Json("losses", "losses.json");
        using DisposeScope scope = NewDisposeScope();
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel model = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU), frozen = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        Dictionary<string, Tensor> weights = Perturbed(model, fixture);
        JsonElement batches = fixture.GetProperty("batches");
        AnswerExample[] forget = Examples(batches.GetProperty("forget")), retain = Examples(batches.GetProperty("retain"));
        AnswerExample[] pairs = [.. Examples(batches.GetProperty("chosen")).Zip(forget).SelectMany(pair => (AnswerExample[])[pair.First, pair.Second])];

        Check("ce_forget", new Ce(), forget);
        Check("ce_retain", new Ce(), retain);
        Check("ga", new Ga(), forget);
        Check("uce_half", new Uce(), forget);
        Check("uce_full", new Uce(1), forget);
        Check("kl_forward_answer", new Kl(), retain);
        Check("kl_reverse_answer", new ReverseKl(), retain);
        Check("npo", new Npo(), forget);
        Check("simnpo", new SimNpo(), forget);
        Check("dpo", new Dpo(), pairs);

        void Check(string name, IObjective loss, AnswerExample[] examples)
        {
            JsonElement expected = fixture.GetProperty("losses").GetProperty(name);
            Compare(name, fixture, expected, Mean(loss, examples, model, frozen), weights);
            double start = fixture.GetProperty("losses_at_theta0").GetProperty(name).GetProperty("value").GetDouble();
            Near(start, Mean(loss, examples, frozen, frozen).item<double>(), Math.Max(1e-14, 1e-11 * Math.Abs(start)), name + " at the start");
        }
    }

    [SkippableTheory]
    [InlineData("forget")]
    [InlineData("retain")]
    [InlineData("chosen")]
    public void Every_token_has_the_references_likelihood(string batch)
    {
        JsonElement fixture = Fixtures.Json("losses", "losses.json"), expected = fixture.GetProperty("token_logp").GetProperty(batch);
        using DisposeScope scope = NewDisposeScope();
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        using LlamaModel moved = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU), start = LlamaModel.Load(checkpoint, ScalarType.Float64, CPU);
        Perturbed(moved, fixture);
        foreach ((int row, AnswerExample answer) in Examples(fixture.GetProperty("batches").GetProperty(batch)).Index())
        {
            // The reference has every token but the first, the prompt's included.
            AnswerExample whole = answer with { AnswerMask = [.. answer.Ids.Select((_, t) => t > 0)] };
            Tensor targets = tensor(whole.Ids.Skip(1).Select(id => (long)id).ToArray());
            foreach ((string weights, LlamaModel model) in new[] { ("theta", moved), ("theta0", start) })
            {
                double[] known = expected.GetProperty(weights)[row].Numbers();
                double[] logs = [.. LogProbabilities.OfTargets(Logits(model, whole), targets).detach().data<double>()];
                Assert.Equal(known.Length, logs.Length);
                for (int t = 0; t < known.Length; t++)
                    Near(known[t], logs[t], 1e-11 * Math.Max(1, Math.Abs(known[t])), $"{batch} {weights}, row {row}, token {t + 1}");
            }
        }
    }

    [SkippableTheory]
    [InlineData("empty_answer", "no token is marked as answer")]
    [InlineData("token_id_out_of_range", "is outside the vocabulary")]
    [InlineData("answer_mask_on_first_position", "the answer starts at position 0")]
    public void A_batch_that_cannot_be_scored_is_refused_by_the_name_of_its_bad_example(string name, string reason)
    {
        JsonElement[] invalid = [.. Fixtures.Json("losses", "losses.json").GetProperty("invalid_batches").EnumerateArray()];
        Assert.Equal(3, invalid.Length);
        JsonElement batch = invalid.Single(entry => entry.GetProperty("name").GetString() == name);
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        int vocabulary = checkpoint.Config.VocabularySize, bad = batch.GetProperty("bad_sample").GetInt32();
        AnswerExample[] examples = [.. Examples(batch).Select((example, i) => example with { Id = batch.GetProperty("sample_ids")[i].GetString()! })];

        string message = Assert.Throws<ArgumentException>(() => new TrainingObjective("forget", "ce", examples).CheckedLoss(vocabulary)).Message;
        Assert.StartsWith($"Example {batch.GetProperty("sample_ids")[bad].GetString()}: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        new TrainingObjective("forget", "ce", [.. examples.Where((_, i) => i != bad)]).CheckedLoss(vocabulary);
    }

    private static void Compare(string name, JsonElement fixture, JsonElement expected, Tensor loss, Dictionary<string, Tensor> weights)
    {
        double value = expected.GetProperty("value").GetDouble(), norm = expected.GetProperty("grad_norm").GetDouble();
        Near(value, loss.item<double>(), 1e-11 * Math.Abs(value), name);
        Dictionary<string, Tensor> gradients = weights.Keys.Zip(autograd.grad([loss], weights.Values.ToArray())).ToDictionary(pair => pair.First, pair => pair.Second);
        Near(norm, Math.Sqrt(gradients.Values.Sum(gradient => gradient.square().sum().item<double>())), 1e-11 * norm, name + " gradient norm");
        foreach ((JsonElement entry, double number) in fixture.GetProperty("grad_entry_names").EnumerateArray().Zip(expected.GetProperty("grad_entries").Numbers()))
        {
            Tensor at = gradients[entry[0].GetString()!];
            foreach (int index in entry[1].Integers())
                at = at[index];
            Near(number, at.item<double>(), 1e-11 * norm, $"{name} gradient of {entry[0]}");
        }
    }

    private static Tensor Mean(IObjective objective, AnswerExample[] examples, LlamaModel model, LlamaModel frozen)
    {
        Tensor[] logits = [.. examples.Select(example => Logits(model, example))];
        Tensor[] reference = [.. examples.Select(example => Logits(frozen, example).detach())];
        Tensor[] targets = [.. examples.Select(example => tensor(Answers(example).Select(t => (long)example.Ids[t]).ToArray()))];
        if (objective is ITokenObjective ofTokens)
            return ofTokens.Sum(cat(logits), cat(targets), cat(reference)) / targets.Sum(target => target.shape[0]);

        return ((ISequenceObjective)objective).Mean(
            Sums(logits), Sums(reference), tensor(examples.Select(example => (double)example.AnswerTokens).ToArray()));

        Tensor Sums(Tensor[] each) => stack([.. each.Zip(targets).Select(pair => LogProbabilities.OfTargets(pair.First, pair.Second).sum())]);
    }

    private static Tensor Logits(LlamaModel model, AnswerExample example)
    {
        using CausalAttention attention = new(model.Rotary, example.Ids.Count);
        Tensor x = model.Embed(tensor(example.Ids.Select(id => (long)id).ToArray(), [1, example.Ids.Count]));
        for (int layer = 0; layer < model.Config.LayerCount; layer++)
            x = model.Layer(layer, x, attention, adapters: null);
        return model.Head(x[0].index_select(0, tensor(Answers(example).Select(t => t - 1L).ToArray())));
    }

    private static IEnumerable<int> Answers(AnswerExample example) => Enumerable.Range(0, example.Ids.Count).Where(t => example.AnswerMask[t]);

    private static AnswerExample[] Examples(JsonElement batch)
    {
        int[] lengths = batch.GetProperty("lengths").Integers();
        return [.. lengths.Select((length, row) => new AnswerExample(
            $"row {row}",
            batch.GetProperty("ids")[row].Integers()[..length],
            [.. batch.GetProperty("answer_mask")[row].Integers()[..length].Select(flag => flag != 0)]))];
    }

    /// <summary>Moves the weights by the fixture's noise and makes them leaves; they remain the model's.</summary>
    private static Dictionary<string, Tensor> Perturbed(LlamaModel model, JsonElement fixture)
    {
        Dictionary<string, Tensor> weights = new() { [ModuleNames.Embedding] = model.Embedding, [ModuleNames.FinalNorm] = model.FinalNorm };
        for (int layer = 0; layer < model.Config.LayerCount; layer++)
        {
            weights[ModuleNames.InputNorm(layer)] = model.Layers[layer].InputNorm;
            weights[ModuleNames.PostAttentionNorm(layer)] = model.Layers[layer].PostAttentionNorm;
            foreach (LinearModule module in ModuleNames.LinearModules)
                weights[ModuleNames.Linear(layer, module) + ".weight"] = model.Layers[layer].Weight(module);
        }

        double scale = fixture.GetProperty("noise_scale").GetDouble();
        Dictionary<string, Tensor> noise = Safetensors.Read(Fixtures.Path("losses", "theta_noise_int8.safetensors"));
        using (no_grad())
        {
            foreach ((string name, Tensor weight) in weights)
                weight.add_(noise[name].to(ScalarType.Float64), scale);
        }

        foreach (Tensor weight in weights.Values)
            weight.requires_grad_();
        return weights;
    }

    private static void Near(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: {actual:r} is off {expected:r} by {Math.Abs(expected - actual):g3}, allowed {tolerance:g3}");
}
