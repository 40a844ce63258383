using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// Memory for activations that stays from step to step: fresh memory would have to be cleared by the system each time, and would
/// leave holes when it is given back.
/// </summary>
internal sealed class ActivationMemory(ScalarType type, Device device) : IDisposable
{
    private readonly Dictionary<string, Tensor> _blocks = [];

    /// <summary>The block of that name, a vector of at least <paramref name="length"/> numbers with whatever stood there before.</summary>
    public Tensor Block(string name, long length)
    {
        if (_blocks.TryGetValue(name, out Tensor? block) && block.shape[0] >= length)
            return block;
        block?.Dispose();
        return _blocks[name] = empty(length, dtype: type, device: device).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor block in _blocks.Values)
            block.Dispose();
        _blocks.Clear();
    }
}
