using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>One LoRA pair in the flat vector.</summary>
/// <param name="Layer">Zero-based decoder layer.</param>
/// <param name="Module">The adapted linear module.</param>
/// <param name="Settings">Rank r and alpha.</param>
/// <param name="Inputs">Input width.</param>
/// <param name="Outputs">Output width.</param>
/// <param name="Offset">Where A starts; B follows it.</param>
public sealed record LoraBlock(int Layer, LinearModule Module, LoraSettings Settings, long Inputs, long Outputs, long Offset)
{
    /// <summary>Rank r.</summary>
    public long Rank => Settings.Rank;

    /// <summary>Number of parameters.</summary>
    public long Length => Rank * (Inputs + Outputs);

    /// <summary>View of A, [rank, in], on <paramref name="flat"/>.</summary>
    public Tensor A(Tensor flat)
    {
        ArgumentNullException.ThrowIfNull(flat);
        return flat.narrow(0, Offset, Rank * Inputs).view(Rank, Inputs);
    }

    /// <summary>View of B, [out, rank], on <paramref name="flat"/>.</summary>
    public Tensor B(Tensor flat)
    {
        ArgumentNullException.ThrowIfNull(flat);
        return flat.narrow(0, Offset + Rank * Inputs, Outputs * Rank).view(Outputs, Rank);
    }
}
