using TorchSharp;
using Unlearning.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Optimizers;

public sealed class OptimizerTests
{
    [Fact]
    public void Sgd_moves_against_the_direction()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor parameters = tensor(new[] { 1.0, -2, 3 });
        Tensor direction = tensor(new[] { 4.0, 0, -2 });
        using Sgd sgd = new();
        sgd.Step(parameters, direction, 0.25);
        Assert.Equal([0, -2, 3.5], parameters.data<double>().ToArray());
        Assert.Equal([4, 0, -2], direction.data<double>().ToArray());
        Assert.Empty(sgd.State);
    }

    [Fact]
    public void Adamw_follows_the_published_recursion()
    {
        AdamWSettings s = new() { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.1 };
        const double Rate = 0.05;
        using DisposeScope scope = NewDisposeScope();
        Tensor parameters = tensor(new[] { 1.0, -0.5 });
        using AdamW adamW = new(s);
        double[] theta = [1.0, -0.5], m = [0, 0], v = [0, 0];
        for (int t = 1; t <= 6; t++)
        {
            double[] d = [Math.Cos(t), 1e-3 * t];
            adamW.Step(parameters, tensor(d), Rate);
            for (int i = 0; i < 2; i++)
            {
                m[i] = s.Beta1 * m[i] + (1 - s.Beta1) * d[i];
                v[i] = s.Beta2 * v[i] + (1 - s.Beta2) * d[i] * d[i];
                double corrected = m[i] / (1 - Math.Pow(s.Beta1, t));
                double root = Math.Sqrt(v[i] / (1 - Math.Pow(s.Beta2, t)));
                theta[i] = theta[i] * (1 - Rate * s.WeightDecay) - Rate * corrected / (root + s.Epsilon);
            }

            Assert.All(theta.Zip(parameters.data<double>().ToArray()), x => Assert.Equal(x.First, x.Second, 1e-15));
        }
    }

    [Fact]
    public void The_first_adamw_step_is_the_learning_rate_in_the_direction_s_sign()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor parameters = zeros(3, ScalarType.Float64);
        using AdamW adamW = new(new AdamWSettings { WeightDecay = 0, Epsilon = 1e-300 });
        adamW.Step(parameters, tensor(new[] { 1e-5, -3, 100 }), 0.01);
        Assert.All(new[] { -0.01, 0.01, -0.01 }.Zip(parameters.data<double>().ToArray()), x => Assert.Equal(x.First, x.Second, 1e-15));
    }

    [Theory]
    [InlineData("sgd", ScalarType.Float32)]
    [InlineData("sgd", ScalarType.Float64)]
    [InlineData("adamw", ScalarType.Float32)]
    [InlineData("adamw", ScalarType.Float64)]
    public void A_run_resumed_from_its_saved_state_gives_the_same_bytes(string name, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor start = randn(1000, type, generator: new Generator(1));
        Tensor[] directions = [.. Enumerable.Range(0, 6).Select(i => randn(1000, type, generator: new Generator((ulong)i + 2)))];

        Tensor straight = start.clone();
        using IOptimizer whole = Optimizer.Create(name);
        foreach (Tensor direction in directions)
            whole.Step(straight, direction, 1e-2);

        Tensor resumed = start.clone();
        Dictionary<string, byte[]> saved = [];
        using (IOptimizer before = Optimizer.Create(name))
        {
            foreach (Tensor direction in directions[..3])
                before.Step(resumed, direction, 1e-2);
            foreach ((string key, Tensor value) in before.State)
                saved[key] = value.bytes.ToArray();
        }

        using IOptimizer after = Optimizer.Create(name);
        after.Load(saved.ToDictionary(s => s.Key, s => FromBytes(s.Value, s.Key == "step" ? ScalarType.Int64 : type)));
        foreach (Tensor direction in directions[3..])
            after.Step(resumed, direction, 1e-2);

        Assert.Equal(straight.bytes.ToArray(), resumed.bytes.ToArray());
        foreach ((string key, Tensor value) in whole.State)
            Assert.Equal(value.bytes.ToArray(), after.State[key].bytes.ToArray());
    }

    [Fact]
    public void Loaded_tensors_are_copied()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor parameters = ones(4), direction = ones(4);
        using AdamW first = new(new AdamWSettings());
        first.Step(parameters, direction, 0.1);
        using AdamW second = new(new AdamWSettings());
        second.Load(first.State);
        second.Step(parameters, direction, 0.1);
        Assert.Equal(1, first.State["step"].item<long>());
        Assert.Equal(2, second.State["step"].item<long>());

        second.Load(second.State);
        Assert.Equal(2, second.State["step"].item<long>());
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void Steps_work_in_place_and_leave_no_tensor_behind(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor buffer = ones(8);
        Tensor parameters = buffer[2..6], direction = ones(4);
        using IOptimizer optimizer = Optimizer.Create(name);
        optimizer.Step(parameters, direction, 0.1);

        int inScope = scope.DisposablesCount;
        long alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 20; i++)
            optimizer.Step(parameters, direction, 0.1);
        Assert.Equal(inScope, scope.DisposablesCount);
        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal([1f, 1f], buffer[..2].data<float>().ToArray());
        Assert.True(buffer[2].item<float>() < 0.5f);
    }

    [Fact]
    public void The_state_outlives_the_scope_of_the_step_that_made_it()
    {
        using AdamW adamW = new(new AdamWSettings());
        using Tensor parameters = ones(4), direction = ones(4);
        using (NewDisposeScope())
            adamW.Step(parameters, direction, 0.1);
        using (NewDisposeScope())
            adamW.Load(adamW.State);
        adamW.Step(parameters, direction, 0.1);
        Assert.Equal(2, adamW.State["step"].item<long>());
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void Vectors_that_do_not_fit_are_refused_before_anything_moves(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using IOptimizer optimizer = Optimizer.Create(name);
        Tensor parameters = ones(4);
        Assert.Throws<ArgumentException>(() => optimizer.Step(parameters, ones(1), 0.1));
        Assert.Throws<ArgumentException>(() => optimizer.Step(parameters, ones(4, ScalarType.Float64), 0.1));
        Assert.Throws<ArgumentException>(() => optimizer.Step(ones(2, 2), ones(2, 2), 0.1));
        Assert.Throws<ArgumentException>(() => optimizer.Step(ones(4, ScalarType.BFloat16), ones(4, ScalarType.BFloat16), 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(parameters, ones(4), double.NaN));
        Assert.Equal([1f, 1f, 1f, 1f], parameters.data<float>().ToArray());
        Assert.Empty(optimizer.State);
    }

    [Fact]
    public void A_state_of_other_parameters_is_refused_before_anything_moves()
    {
        using DisposeScope scope = NewDisposeScope();
        using AdamW adamW = new(new AdamWSettings());
        adamW.Step(ones(4), ones(4), 0.1);
        Tensor other = ones(5);
        Assert.Throws<ArgumentException>(() => adamW.Step(other, ones(5), 0.1));
        Assert.Equal(1, adamW.State["step"].item<long>());
        Assert.Equal(5f, other.sum().item<float>());
    }

    [Fact]
    public void A_state_that_is_not_its_own_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> foreign = new() { ["momentum"] = ones(1) };
        Assert.Throws<ArgumentException>(() => new Sgd().Load(foreign));
        Assert.Throws<ArgumentException>(() => new AdamW(new AdamWSettings()).Load(foreign));
    }

    [Fact]
    public void Settings_out_of_range_and_unknown_names_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new AdamW(new AdamWSettings { Beta1 = 1 }));
        Assert.Throws<ArgumentException>(() => new AdamW(new AdamWSettings { Epsilon = 0 }));
        Assert.Throws<ArgumentException>(() => new AdamW(new AdamWSettings { WeightDecay = double.NaN }));
        string message = Assert.Throws<ArgumentException>(() => Optimizer.Create("adam")).Message;
        Assert.Contains("Did you mean 'adamw'?", message, StringComparison.Ordinal);
    }

    private static Tensor FromBytes(byte[] bytes, ScalarType type)
    {
        Tensor result = empty(bytes.Length / (type == ScalarType.Float32 ? 4 : 8), type);
        bytes.CopyTo(result.bytes);
        return result;
    }
}
