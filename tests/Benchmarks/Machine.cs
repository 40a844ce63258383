using System.Globalization;
using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks;

/// <summary>The limits of the machine, measured in this process: every ratio has one of them below its line.</summary>
internal static class Machine
{
    private const long StreamBytes = 256L << 20;
    private const int Runs = 5;

    /// <summary>Processor's name and the number of cores this process may use.</summary>
    public static string Describe()
    {
        string? model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim()
            : null;
        return string.Create(CultureInfo.InvariantCulture, $"{model ?? "unknown processor"}, {Environment.ProcessorCount} cores");
    }

    /// <summary>
    /// Best rate of torch's matrix product over the shapes of <paramref name="config"/>'s linear layers, in flop/s: the fastest
    /// product is the limit, not the mean one.
    /// </summary>
    /// <param name="config">Gives the widths.</param>
    /// <param name="tokens">Rows of the products.</param>
    /// <param name="type">Type of both factors.</param>
    public static double GemmRate(LlamaConfig config, long tokens, ScalarType type)
    {
        (long Inputs, long Outputs)[] shapes =
        [
            (config.HiddenSize, config.HiddenSize),
            (config.HiddenSize, config.IntermediateSize),
            (config.IntermediateSize, config.HiddenSize),
        ];
        return shapes.Max(shape => GemmRate(tokens, shape.Inputs, shape.Outputs, type));
    }

    /// <summary>Rate of [tokens, inputs] x [outputs, inputs]^T in flop/s, the best of several runs.</summary>
    public static double GemmRate(long tokens, long inputs, long outputs, ScalarType type)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(tokens, inputs).to(type), weight = randn(outputs, inputs).to(type);
        return 2.0 * tokens * inputs * outputs / Timing.Best(Runs, () => nn.functional.linear(x, weight).Dispose());
    }

    /// <summary>Memory stream rate in bytes/s: the better of a copy (two streams) and y += a x (three), beyond every cache.</summary>
    public static double StreamRate()
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(StreamBytes / sizeof(float)), y = ones(StreamBytes / sizeof(float));
        double copy = 2 * StreamBytes / Timing.Best(Runs, () => y.copy_(x));
        double triad = 3 * StreamBytes / Timing.Best(Runs, () => y.add_(x, 0.5f));
        return Math.Max(copy, triad);
    }
}
