using System.Text.Json;
using TorchSharp;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Tests.Directions;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Objectives;

public sealed class ObjectiveTests
{
    private static readonly Lazy<JsonElement?> Losses = new(() => DirectionFixtures.Open("losses", "losses.json"));

    public static TheoryData<string?> LogitVectors => Names("logit_vectors");

    public static TheoryData<string?> KlVectors => Names("kl_vectors");

    [SkippableTheory]
    [MemberData(nameof(LogitVectors))]
    [Trait("Category", "Fixtures")]
    public void Uce_and_ce_match_eighty_digits_in_value_and_gradient(string? name)
    {
        JsonElement vector = Vector("logit_vectors", name);
        foreach ((string objective, string field) in new[] { ("uce", "uce_half"), ("ce", "ce") })
        {
            (double value, double[] gradient) = Evaluate(
                objective, vector.GetProperty("logits").Vector(), vector.GetProperty("target").GetInt64(), null);
            AssertClose(vector.GetProperty("values").GetProperty(field).GetDouble(), value);
            Assert.All(vector.GetProperty("grads").GetProperty(field).Vector().Zip(gradient), g => AssertClose(g.First, g.Second));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(KlVectors))]
    [Trait("Category", "Fixtures")]
    public void Kl_matches_eighty_digits_in_value_and_gradient(string? name)
    {
        JsonElement vector = Vector("kl_vectors", name);
        (double value, double[] gradient) = Evaluate(
            "kl", vector.GetProperty("logits").Vector(), 0, vector.GetProperty("logits_ref").Vector());
        AssertClose(vector.GetProperty("kl_forward").GetDouble(), value);
        Assert.All(vector.GetProperty("grad_kl_forward").Vector().Zip(gradient), g => AssertClose(g.First, g.Second));
    }

    [Theory]
    [InlineData("uce")]
    [InlineData("kl")]
    [InlineData("ce")]
    public void A_batch_is_the_sum_of_its_positions(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Generator generator = new(7);
        Tensor logits = randn(5, 11, dtype: ScalarType.Float64, generator: generator);
        Tensor reference = randn(5, 11, dtype: ScalarType.Float64, generator: generator);
        Tensor targets = tensor(new long[] { 0, 3, 10, 3, 5 });
        IObjective objective = Objective.Create(name);

        double parts = Enumerable.Range(0, 5).Sum(
            i => objective.Sum(logits[i..(i + 1)], targets[i..(i + 1)], reference[i..(i + 1)]).item<double>());
        Assert.Equal(parts, objective.Sum(logits, targets, reference).item<double>(), 1e-13);
    }

    [Theory]
    [InlineData("uce", ScalarType.Float32)]
    [InlineData("uce", ScalarType.BFloat16)]
    [InlineData("kl", ScalarType.Float32)]
    [InlineData("kl", ScalarType.BFloat16)]
    [InlineData("ce", ScalarType.Float32)]
    [InlineData("ce", ScalarType.BFloat16)]
    public void Narrow_logits_give_a_float32_loss_and_finite_gradients_at_probability_zero_and_one(string name, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new float[,] { { 500, 0, 0 }, { -500, 0, 0 }, { 0, 0, 0 } }).to_type(type).requires_grad_();
        Tensor reference = tensor(new float[,] { { 0, 500, 0 }, { 0, 0, 0 }, { 0, 0, 0 } }).to_type(type);
        Tensor loss = Objective.Create(name).Sum(logits, zeros(3, ScalarType.Int64), reference);

        Assert.Equal(ScalarType.Float32, loss.dtype);
        Assert.True(float.IsFinite(loss.item<float>()));
        Assert.True(autograd.grad([loss], [logits])[0].isfinite().all().item<bool>());
    }

    [Fact]
    public void Uce_is_not_rounded_away_where_bfloat16_would()
    {
        using DisposeScope scope = NewDisposeScope();

        // p is about 2^-10: in bfloat16 1 - p / 2 is 1, and the loss would read 0.
        Tensor logits = tensor(new float[,] { { 0, 7 } }).to_type(ScalarType.BFloat16);
        double p = 1 / (1 + Math.Exp(7));
        double loss = Objective.Create("uce").Sum(logits, zeros(1, ScalarType.Int64), null).item<float>();
        Assert.Equal(-Math.Log(1 - p / 2), loss, 1e-9);
    }

    [Fact]
    public void Kl_of_the_frozen_model_itself_is_exactly_zero_and_its_gradient_rounding()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor reference = randn(6, 50, generator: new Generator(3));
        Tensor logits = reference.clone().requires_grad_();
        Tensor loss = Objective.Create("kl").Sum(logits, zeros(6, ScalarType.Int64), reference);
        Assert.Equal(0, loss.item<float>());
        Assert.True(autograd.grad([loss], [logits])[0].abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void No_gradient_flows_into_the_reference()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(2, 5).requires_grad_();
        Tensor reference = randn(2, 5).requires_grad_();
        Tensor loss = Objective.Create("kl").Sum(logits, zeros(2, ScalarType.Int64), reference);
        loss.backward();
        Assert.NotNull(logits.grad);
        Assert.Null(reference.grad);
    }

    [Fact]
    public void Only_kl_needs_the_reference_and_says_so_when_it_is_missing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(2, 5);
        Tensor targets = zeros(2, ScalarType.Int64);
        foreach (IObjective objective in Objective.Names.Select(Objective.Create))
        {
            Assert.Equal(objective.Name == "kl", objective.NeedsReference);
            if (objective.NeedsReference)
                Assert.Throws<ArgumentNullException>(() => objective.Sum(logits, targets, null));
            else
                Assert.True(objective.Sum(logits, targets, null).item<float>() > 0);
        }
    }

    [Theory]
    [InlineData("uce")]
    [InlineData("kl")]
    [InlineData("ce")]
    public void A_loss_leaves_one_tensor_behind(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(4, 9);
        Tensor targets = zeros(4, ScalarType.Int64);
        int before = scope.DisposablesCount;
        _ = Objective.Create(name).Sum(logits, targets, logits);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest_and_all_known_ones()
    {
        string message = Assert.Throws<ArgumentException>(() => Objective.Create("UCF")).Message;
        Assert.Contains("Did you mean 'uce'?", message, StringComparison.Ordinal);
        Assert.All(Objective.Names, name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    private static (double Value, double[] Gradient) Evaluate(string name, double[] logits, long target, double[]? reference)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = tensor(logits).unsqueeze(0).requires_grad_();
        Tensor? z0 = reference is null ? null : tensor(reference).unsqueeze(0);
        Tensor loss = Objective.Create(name).Sum(z, tensor(new[] { target }), z0);
        return (loss.item<double>(), autograd.grad([loss], [z])[0].data<double>().ToArray());
    }

    private static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, 1e-14 * Math.Max(1, Math.Abs(expected)));

    private static TheoryData<string?> Names(string group)
    {
        TheoryData<string?> names = [];
        if (Losses.Value is JsonElement losses)
        {
            foreach (JsonElement vector in losses.GetProperty(group).EnumerateArray())
                names.Add(vector.GetProperty("name").GetString());
        }
        else
        {
            names.Add((string?)null);
        }

        return names;
    }

    private static JsonElement Vector(string group, string? name)
    {
        Skip.If(name is null, "The fixture losses/losses.json is absent.");
        return Losses.Value!.Value.GetProperty(group).EnumerateArray().Single(v => v.GetProperty("name").GetString() == name);
    }
}
