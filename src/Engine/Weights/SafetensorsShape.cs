using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>What a safetensors header says of a tensor that is yet to be written.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">The type on disk.</param>
/// <param name="Shape">Sizes, slowest dimension first.</param>
internal sealed record SafetensorsShape(string Name, ScalarType Type, long[] Shape)
{
    /// <summary>Bytes of one number.</summary>
    public int ElementSize => Type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Bytes it will take.</summary>
    public long ByteLength => Shape.Aggregate((long)ElementSize, (product, size) => product * size);
}
