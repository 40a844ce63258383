using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>The trainable adapter as one flat vector, [d].</summary>
public sealed class LoraParameters : IDisposable
{
    private LoraParameters(LoraLayout layout, Tensor flat)
    {
        Layout = layout;
        Flat = flat.DetachFromDisposeScope();
    }

    /// <summary>Where each matrix stands.</summary>
    public LoraLayout Layout { get; }

    /// <summary>All parameters, [d].</summary>
    public Tensor Flat { get; }

    /// <summary>A uniform in +-1/sqrt(in) (LoRA's Kaiming start), B = 0: the adapter starts as the base.</summary>
    public static LoraParameters Initialise(LoraLayout layout, int seed, ScalarType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(layout);
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();

        // Drawn on the CPU in float64, so that every device and type starts from the same adapter.
        using Generator generator = new((ulong)seed);
        Tensor flat = zeros(layout.Length, dtype: ScalarType.Float64);
        foreach (LoraBlock block in layout.Blocks)
        {
            double bound = 1 / Math.Sqrt(block.Inputs);
            block.A(flat).copy_(rand([block.Rank, block.Inputs], dtype: ScalarType.Float64, generator: generator).Times(2 * bound).Minus(bound));
        }

        return new LoraParameters(layout, flat.to(type).to(device));
    }

    /// <summary>Starts from a release's adapter and keeps its shape: its modules, each with its own rank and strength.</summary>
    /// <exception cref="ArgumentException">It adapts nothing, or does not fit the model.</exception>
    public static LoraParameters From(LoraAdapter adapter, LlamaConfig config, ScalarType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        LoraLayout layout = new(config, adapter);
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = zeros(layout.Length, dtype: type, device: device);
        foreach (LoraBlock block in layout.Blocks)
        {
            LoraPair pair = adapter.Modules[ModuleNames.Linear(block.Layer, block.Module)];
            block.A(flat).copy_(pair.A);
            block.B(flat).copy_(pair.B);
        }

        return new LoraParameters(layout, flat);
    }

    /// <summary>An immutable copy, to serve or to save.</summary>
    /// <param name="type">The type that it is served in; the parameters' own when null.</param>
    public LoraAdapter Snapshot(ScalarType? type = null)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor copy = Flat.to(type ?? Flat.dtype);
        return new LoraAdapter(Layout.Blocks.ToDictionary(
            block => ModuleNames.Linear(block.Layer, block.Module),
            block => new LoraPair(block.A(copy).clone(), block.B(copy).clone(), block.Settings)));
    }

    /// <inheritdoc/>
    public void Dispose() => Flat.Dispose();
}
