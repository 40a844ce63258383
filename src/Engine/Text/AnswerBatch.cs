using static TorchSharp.torch;

namespace Unlearning.Engine.Text;

/// <summary>
/// Right-padded examples as tensors, with the flat positions whose logits predict an answer token: the logits at position t - 1
/// predict token t.
/// </summary>
public sealed class AnswerBatch : IDisposable
{
    /// <summary>Pads and checks <paramref name="examples"/>.</summary>
    /// <param name="examples">At least one example.</param>
    /// <param name="vocabularySize">Bound for token ids.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="length">Padded length; the longest example's when null.</param>
    public AnswerBatch(IReadOnlyList<AnswerExample> examples, int vocabularySize, Device device, int? length = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        int padded = Math.Max(length ?? 0, examples.Max(example => example.Ids.Count));
        long[] ids = new long[examples.Count * padded];
        List<long> positions = [], targets = [];
        for (int row = 0; row < examples.Count; row++)
        {
            AnswerExample example = examples[row];
            example.Validate(vocabularySize);
            for (int t = 0; t < example.Ids.Count; t++)
            {
                ids[row * padded + t] = example.Ids[t];
                if (!example.AnswerMask[t])
                    continue;
                positions.Add(row * padded + t - 1);
                targets.Add(example.Ids[t]);
            }
        }

        Examples = examples;
        Ids = tensor(ids, [examples.Count, padded], device: device).DetachFromDisposeScope();
        Positions = tensor(positions.ToArray(), device: device).DetachFromDisposeScope();
        Targets = tensor(targets.ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>The examples, in row order.</summary>
    public IReadOnlyList<AnswerExample> Examples { get; }

    /// <summary>Token ids, int64 [rows, length], padded with 0.</summary>
    public Tensor Ids { get; }

    /// <summary>Positions in the flattened [rows * length] view that predict an answer token, int64 [n], row by row.</summary>
    public Tensor Positions { get; }

    /// <summary>The answer tokens, int64 [n].</summary>
    public Tensor Targets { get; }

    /// <summary>Number of answer tokens, n.</summary>
    public long AnswerTokens => Targets.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        Ids.Dispose();
        Positions.Dispose();
        Targets.Dispose();
    }
}
