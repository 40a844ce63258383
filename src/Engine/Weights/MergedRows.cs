using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>Rows of W + scale B A, summed in float64 and rounded once.</summary>
internal static class MergedRows
{
    /// <summary>Numbers that are in memory at once, where rows are not longer than that.</summary>
    public const long ElementsAtOnce = 1 << 22;

    /// <summary>Some rows. The caller disposes them.</summary>
    /// <param name="stored">W.</param>
    /// <param name="pair">A and B; null where the adapter leaves W alone.</param>
    /// <param name="first">The first row, zero-based.</param>
    /// <param name="rows">How many.</param>
    /// <param name="type">What they are rounded to.</param>
    /// <param name="path">The base, for messages.</param>
    /// <exception cref="CheckpointException">A sum is no finite number of that type.</exception>
    public static Tensor Read(StoredTensor stored, LoraPair? pair, long first, long rows, ScalarType type, string path)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var values = empty([rows, stored.RowLength], pair is null ? type : ScalarType.Float64);
        stored.Read(first, values);
        if (pair is not null)
        {
            var a = pair.A.cpu().to(ScalarType.Float64).Times(pair.Settings.Scale);
            values.addmm_(pair.B.narrow(0, first, rows).cpu().to(ScalarType.Float64), a);
        }
        var rounded = values.to(type);
        var (least, greatest) = rounded.aminmax(null, false);
        return double.IsFinite(least.Number()) && double.IsFinite(greatest.Number())
            ? rounded.MoveToOuterDisposeScope()
            : throw TooLarge(path, stored.Name, type.ToString());
    }

    /// <summary>Names a sum that the type to write cannot hold.</summary>
    public static CheckpointException TooLarge(string path, string tensor, string type) =>
        new(path, $"tensor '{tensor}' with the adapter exceeds the range of {type}", "Write it in a wider type.");
}
