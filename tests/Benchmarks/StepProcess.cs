using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Unlearning.Engine;
using Unlearning.Engine.Models;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks;

/// <summary>
/// Training steps in a process of their own, whose peak of resident memory is then the step's and nobody else's, and in which one
/// thread alone calls torch, as in the service: the program calls itself with a hidden verb.
/// </summary>
internal static class StepProcess
{
    /// <summary>The hidden verb.</summary>
    public const string Verb = "step";

    private const int MostRates = 8;

    /// <summary>Runs the child.</summary>
    /// <param name="model">File or folder of the base.</param>
    /// <param name="type">Type it computes in.</param>
    /// <param name="sequences">Sequences of each objective.</param>
    /// <param name="steps">1 for the peak; 2 for the time, because the first also computes the reference states; many for the growth.</param>
    /// <param name="memoryMb">As <see cref="Unlearning.Engine.EngineOptions.TrainingMemoryMb"/>.</param>
    /// <param name="threads">Threads of torch.</param>
    /// <param name="streamed">Whether the weights stay in the file.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="InvalidOperationException">The child failed; its own message is on stderr.</exception>
    public static async Task<StepOutcome> RunAsync(string model, ScalarType type, int sequences, int steps, int memoryMb, int threads, bool streamed = false,
        string device = SessionOptions.Cpu)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The program's own path is unknown.");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(StepProcess).Assembly.Location);
        foreach (string argument in new[] { Verb, model, Session.EngineName(type), device, Text(sequences), Text(steps), Text(memoryMb), Text(threads), Text(streamed ? 1 : 0) })
            start.ArgumentList.Add(argument);

        using Process child = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        string output = await child.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await child.WaitForExitAsync().ConfigureAwait(false);
        return child.ExitCode == 0
            ? JsonSerializer.Deserialize<StepOutcome>(output)!
            : throw new InvalidOperationException($"The process that trains {model} ended with code {child.ExitCode}.");

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What the child does.</summary>
    /// <param name="arguments">As <see cref="RunAsync"/> gives them, without the verb.</param>
    public static StepOutcome Run(IReadOnlyList<string> arguments)
    {
        ScalarType type = arguments[1] == Session.EngineName(ScalarType.BFloat16) ? ScalarType.BFloat16 : ScalarType.Float32;
        int[] numbers = [.. arguments.Skip(3).Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))];
        if (numbers is not [int sequences, int steps, int memoryMb, int threads, int streamed])
            throw new ArgumentException("Five numbers are needed: sequences, steps, memory, threads and whether weights are streamed.", nameof(arguments));
        TorchThreads.Configure(threads);

        using LlamaModel model = Load(arguments[0], type, streamed == 1, ComputeDevice.Open(arguments[2]));
        using UnlearningTrainer trainer = TrainingData.Trainer(model, sequences, memoryMb);
        long tokens = sequences * TrainingData.Length;
        List<double> seconds = [];
        double rate = 0;
        long early = 0;
        for (int step = 0; step < steps; step++)
        {
            seconds.Add(trainer.Advance().Duration.TotalSeconds);
            if (step == steps / 10)
                early = Environment.WorkingSet;

            // Between the steps, so that both see the same machine; the rate is a limit, so its best counts.
            if (step < MostRates)
                rate = Math.Max(rate, Machine.GemmRate(model.Config, 3 * tokens, type));
        }

        double median = Timing.Median(seconds.Skip(Math.Min(1, steps - 1))), products = TrainingData.Flops(Parameters.InProducts(model.Config), tokens) / rate;
        return new StepOutcome(PeakBytes(), median, median / products, seconds[0] / products, Environment.WorkingSet / (double)early - 1);
    }

    private static LlamaModel Load(string path, ScalarType type, bool streamed, Device device)
    {
        if (streamed)
            return LlamaModel.Load(Checkpoint.Open(path), type, device, streamed: true);
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        return LlamaModel.Load(checkpoint, type, device);
    }

    // PeakWorkingSet64 is the same counter on Linux, and has its like elsewhere.
    private static long PeakBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
