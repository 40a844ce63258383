using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// A Llama model on disk, opened and checked: every tensor its configuration calls for is there in the right shape.
/// Tensors have Hugging Face names and layout whatever the file format. Safe for concurrent reads.
/// </summary>
public interface ICheckpoint : IDisposable
{
    /// <summary>The file or folder it was opened from.</summary>
    string Path { get; }

    /// <summary>The model's shape.</summary>
    LlamaConfig Config { get; }

    /// <summary>Hugging Face names of the tensors that <see cref="Read"/> gives.</summary>
    IReadOnlyCollection<string> TensorNames { get; }

    /// <summary>Whether <see cref="Read"/> knows the name.</summary>
    bool Contains(string name);

    /// <summary>One tensor as the file holds it, to be read row by row or kept quantised.</summary>
    /// <exception cref="CheckpointException">The tensor is absent or its numbers are no reals.</exception>
    StoredTensor Stored(string name);

    /// <summary>Reads one tensor to the CPU, widened or rounded to the type asked for. The caller disposes it.</summary>
    /// <exception cref="CheckpointException">The tensor is absent or holds a NaN or an infinity.</exception>
    Tensor Read(string name, ScalarType dtype) => Stored(name).Read(dtype);

    /// <summary>SHA-256 of the weight files' bytes (of all files, in name order, where there are several), in lower-case hex.</summary>
    string ContentHash();

    /// <summary>Where the model's tokenizer.json is, if it has one.</summary>
    string? TokenizerJsonPath { get; }

    /// <summary>Reads the vocabulary that the weights' own file carries, if it carries one.</summary>
    /// <exception cref="CheckpointException">The vocabulary is damaged.</exception>
    GgufVocabulary? ReadVocabulary();

    /// <summary>The model's Jinja chat template, if it has one.</summary>
    string? ChatTemplate { get; }

    /// <summary>Ids that end an answer, as far as the checkpoint says.</summary>
    IReadOnlyList<int> EndTokens { get; }
}
