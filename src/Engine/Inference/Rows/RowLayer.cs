using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>One decoder layer's weights as the row kernels read them. Norms and biases stay in the model's tensors.</summary>
internal sealed unsafe class RowLayer : IDisposable
{
    private readonly WeightRows[] _weights;
    private readonly nint[] _biases;

    public RowLayer(LlamaLayer layer, int index, ICheckpoint checkpoint)
    {
        InputNorm = (float*)TensorMemory.Data(layer.InputNorm);
        PostAttentionNorm = (float*)TensorMemory.Data(layer.PostAttentionNorm);
        _weights = [.. ModuleNames.LinearModules.Select(module =>
            WeightRows.Create(layer.Weight(module), checkpoint.Stored(ModuleNames.Linear(index, module) + ".weight")))];
        _biases = [.. ModuleNames.LinearModules.Select(module => layer.Bias(module) is Tensor bias ? (nint)TensorMemory.Data(bias) : 0)];
    }

    public float* InputNorm { get; }

    public float* PostAttentionNorm { get; }

    public WeightRows Weight(LinearModule module) => _weights[(int)module];

    /// <summary>Null where the module has none.</summary>
    public float* Bias(LinearModule module) => (float*)_biases[(int)module];

    public void Dispose()
    {
        foreach (WeightRows weight in _weights)
            weight.Dispose();
    }
}
