using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>The adapter of one linear module: it adds scale * B (A x) to the module's output.</summary>
/// <param name="A">[rank, in].</param>
/// <param name="B">[out, rank].</param>
/// <param name="Settings">Rank and strength; modules of one adapter may differ in both.</param>
public sealed record LoraPair(Tensor A, Tensor B, LoraSettings Settings);
