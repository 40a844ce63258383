using Unlearning.Engine.Weights.Formats;

namespace Unlearning.Engine.Weights;

/// <summary>One tensor to be written to a GGUF file.</summary>
/// <param name="Name">As the file shall have it.</param>
/// <param name="Type">A format that <see cref="BlockFormat"/> knows.</param>
/// <param name="Shape">Slowest dimension first; rows are whole blocks.</param>
/// <param name="Write">Writes exactly <see cref="ByteLength"/> bytes.</param>
internal sealed record GgufContent(string Name, GgmlType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>Bytes in the file, padding left out.</summary>
    public long ByteLength =>
        Shape.Aggregate(1L, (product, size) => product * size) / BlockFormat.Of(Type)!.Elements * BlockFormat.Of(Type)!.Bytes;
}
