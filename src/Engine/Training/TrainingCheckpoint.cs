using System.Globalization;
using TorchSharp;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The state of a run in one file, written atomically: parameters, the optimiser's state and the step count. Batches are a
/// function of seed and step, so nothing else is needed to continue to the same bytes.
/// </summary>
public static class TrainingCheckpoint
{
    private const string Parameters = "parameters";
    private const string Optimizer = "optimizer.";

    /// <summary>Saves <paramref name="trainer"/>; <paramref name="identity"/> names the run's recipe and data.</summary>
    public static void Save(UnlearningTrainer trainer, string path, string identity)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        Dictionary<string, Tensor> tensors = new() { [Parameters] = trainer.Parameters.Flat };
        foreach ((string name, Tensor state) in trainer.Optimizer.State)
            tensors[Optimizer + name] = state;
        Safetensors.Write(path, tensors, new Dictionary<string, string>
        {
            ["step"] = trainer.Step.ToString(CultureInfo.InvariantCulture),
            ["identity"] = identity,
        });
    }

    /// <summary>Restores a run that was saved under the same identity.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or belongs to another recipe or other data.</exception>
    public static void Restore(UnlearningTrainer trainer, string path, string identity)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        IReadOnlyDictionary<string, string> metadata = Safetensors.ReadMetadata(path);
        if (metadata.GetValueOrDefault("identity") != identity)
            throw new CheckpointException(path, "it belongs to a run with another recipe or other data", "Delete it to start this run anew");
        if (!int.TryParse(metadata.GetValueOrDefault("step"), CultureInfo.InvariantCulture, out int step))
            throw new CheckpointException(path, "its step count is missing", "Delete it to start this run anew");

        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Safetensors.Read(path);
        if (!tensors.TryGetValue(Parameters, out Tensor? parameters) || parameters.numel() != trainer.Parameters.Flat.numel())
            throw new CheckpointException(path, "its parameters do not fit the recipe's adapter", "Delete it to start this run anew");
        trainer.Optimizer.Load(tensors.Where(entry => entry.Key.StartsWith(Optimizer, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[Optimizer.Length..], entry => entry.Value.to(trainer.Parameters.Flat.device)));
        trainer.Parameters.Flat.copy_(parameters);
        trainer.Step = step;
        foreach (Tensor tensor in tensors.Values)
            tensor.Dispose();
    }
}
