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
        foreach ((IObjective objective, string field) in new (IObjective, string)[] { (new Uce(), "uce_half"), (new Uce(1), "uce_full"), (new Ce(), "ce") })
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
        foreach ((string objective, string field) in new[] { ("kl", "kl_forward"), ("kl_reverse", "kl_reverse") })
        {
            (double value, double[] gradient) = Evaluate(
                Objective.Create(objective), vector.GetProperty("logits").Vector(), 0, vector.GetProperty("logits_ref").Vector());
            AssertClose(vector.GetProperty(field).GetDouble(), value);
            Assert.All(vector.GetProperty($"grad_{field}").Vector().Zip(gradient), g => AssertClose(g.First, g.Second));
        }
    }

    [Theory]
    [InlineData(typeof(Math))]
    [InlineData(typeof(StringReader))]
    public void An_objective_whose_settings_cannot_be_read_is_named(Type type)
    {
        string message = Assert.Throws<MissingMethodException>(() => Objective.ConstructorOf(type)).Message;
        Assert.StartsWith($"The objective {type.FullName} needs one public constructor", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uce")]
    [InlineData("kl")]
    [InlineData("ce")]
    [InlineData("ga")]
    [InlineData("kl_reverse")]
    public void A_batch_is_the_sum_of_its_positions(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Generator generator = new(7);
        Tensor logits = randn(5, 11, dtype: ScalarType.Float64, generator: generator);
        Tensor reference = randn(5, 11, dtype: ScalarType.Float64, generator: generator);
        Tensor targets = tensor(new long[] { 0, 3, 10, 3, 5 });
        ITokenObjective objective = Create(name);

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
    [InlineData("ga", ScalarType.Float32)]
    [InlineData("ga", ScalarType.BFloat16)]
    [InlineData("kl_reverse", ScalarType.Float32)]
    [InlineData("kl_reverse", ScalarType.BFloat16)]
    public void Narrow_logits_give_a_float32_loss_and_finite_gradients_at_probability_zero_and_one(string name, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new float[,] { { 500, 0, 0 }, { -500, 0, 0 }, { 0, 0, 0 } }).to_type(type).requires_grad_();
        Tensor reference = tensor(new float[,] { { 0, 500, 0 }, { 0, 0, 0 }, { 0, 0, 0 } }).to_type(type);
        Tensor loss = Create(name).Sum(logits, zeros(3, ScalarType.Int64), reference);

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
        double loss = Create("uce").Sum(logits, zeros(1, ScalarType.Int64), null).item<float>();
        Assert.Equal(-Math.Log(1 - p / 2), loss, 1e-9);
    }

    [Fact]
    public void Kl_of_the_frozen_model_itself_is_exactly_zero_and_its_gradient_rounding()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor reference = randn(6, 50, generator: new Generator(3));
        Tensor logits = reference.clone().requires_grad_();
        Tensor loss = Create("kl").Sum(logits, zeros(6, ScalarType.Int64), reference);
        Assert.Equal(0, loss.item<float>());
        Assert.True(autograd.grad([loss], [logits])[0].abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void No_gradient_flows_into_the_reference()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(2, 5).requires_grad_();
        Tensor reference = randn(2, 5).requires_grad_();
        Tensor loss = Create("kl").Sum(logits, zeros(2, ScalarType.Int64), reference);
        loss.backward();
        Assert.NotNull(logits.grad);
        Assert.Null(reference.grad);
    }

    [Fact]
    public void A_missing_reference_is_refused_by_the_losses_that_need_it()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(2, 5), two = ones(2, ScalarType.Float64);
        Tensor targets = zeros(2, ScalarType.Int64);
        foreach (IObjective objective in Objective.Names.Select(name => Objective.Create(name)))
        {
            Func<Tensor> loss = objective is ITokenObjective ofTokens
                ? () => ofTokens.Sum(logits, targets, null)
                : () => ((ISequenceObjective)objective).Mean(two.neg(), null, two);
            if (objective.NeedsReference)
                Assert.Throws<ArgumentNullException>(loss);
            else
                Assert.NotEqual(0, loss().to(ScalarType.Float64).item<double>());
        }
    }

    [Fact]
    public void Settings_are_the_parameters_of_the_loss_and_others_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(3, 7, ScalarType.Float64), targets = zeros(3, ScalarType.Int64);
        double full = ((ITokenObjective)Objective.Create("uce", new Dictionary<string, double> { ["Factor"] = 1 })).Sum(logits, targets, null).item<double>();
        Assert.Equal(new Uce(1).Sum(logits, targets, null).item<double>(), full);
        Assert.NotEqual(new Uce().Sum(logits, targets, null).item<double>(), full);

        Assert.Contains("Did you mean 'beta'?", Refusal("npo", "bta", 1), StringComparison.Ordinal);
        Assert.Contains("has no settings", Refusal("ce", "beta", 1), StringComparison.Ordinal);
        Assert.Contains("factor of the loss 'uce' is 2; it must be a number above 0 and at most 1", Refusal("uce", "factor", 2), StringComparison.Ordinal);
        Assert.Contains("beta of the loss 'dpo' is 0", Refusal("dpo", "beta", 0), StringComparison.Ordinal);
        Assert.Contains("margin of the loss 'simnpo' is NaN", Refusal("simnpo", "margin", double.NaN), StringComparison.Ordinal);

        static string Refusal(string loss, string setting, double value) =>
            Assert.Throws<ArgumentException>(() => Objective.Create(loss, new Dictionary<string, double> { [setting] = value })).Message;
    }

    [Theory]
    [InlineData("uce")]
    [InlineData("kl")]
    [InlineData("ce")]
    [InlineData("ga")]
    [InlineData("kl_reverse")]
    public void A_loss_leaves_one_tensor_behind(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(4, 9);
        Tensor targets = zeros(4, ScalarType.Int64);
        int before = scope.DisposablesCount;
        _ = Create(name).Sum(logits, targets, logits);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest_and_all_known_ones()
    {
        string message = Assert.Throws<ArgumentException>(() => Objective.Create("UCF")).Message;
        Assert.Contains("Did you mean 'uce'?", message, StringComparison.Ordinal);
        Assert.All(Objective.Names, name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    private static ITokenObjective Create(string name) => (ITokenObjective)Objective.Create(name);

    private static (double Value, double[] Gradient) Evaluate(IObjective objective, double[] logits, long target, double[]? reference)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = tensor(logits).unsqueeze(0).requires_grad_();
        Tensor? z0 = reference is null ? null : tensor(reference).unsqueeze(0);
        Tensor loss = ((ITokenObjective)objective).Sum(z, tensor(new[] { target }), z0);
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
