using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>One decoder layer's weights as the row kernels read them. Float32 norms and biases stay in the model's tensors.</summary>
internal sealed unsafe class RowLayer : IDisposable
{
    private readonly WeightRows[] _weights;
    private readonly FloatNumbers?[] _biases;
    private readonly FloatNumbers _inputNorm;
    private readonly FloatNumbers _postAttentionNorm;

    public RowLayer(LlamaLayer layer, int index, ICheckpoint checkpoint)
    {
        _inputNorm = new FloatNumbers(layer.InputNorm);
        _postAttentionNorm = new FloatNumbers(layer.PostAttentionNorm);
        _weights = [.. ModuleNames.LinearModules.Select(module =>
            WeightRows.Create(layer.Weight(module), checkpoint.Stored(ModuleNames.Linear(index, module) + ".weight")))];
        _biases = [.. ModuleNames.LinearModules.Select(module => layer.Bias(module) is Tensor bias ? new FloatNumbers(bias) : null)];
    }

    public float* InputNorm => _inputNorm.Pointer;

    public float* PostAttentionNorm => _postAttentionNorm.Pointer;

    public WeightRows Weight(LinearModule module) => _weights[(int)module];

    /// <summary>Null where the module has none.</summary>
    public float* Bias(LinearModule module) => _biases[(int)module] is { } bias ? bias.Pointer : null;

    public void Dispose()
    {
        foreach (WeightRows weight in _weights)
            weight.Dispose();
        foreach (FloatNumbers? bias in _biases)
            bias?.Dispose();
        _inputNorm.Dispose();
        _postAttentionNorm.Dispose();
    }
}
