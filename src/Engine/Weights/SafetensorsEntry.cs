using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>Where one tensor of a safetensors file lies.</summary>
/// <param name="Type">The type on disk.</param>
/// <param name="Shape">Sizes, slowest dimension first.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="ByteLength">Bytes it takes.</param>
internal sealed record SafetensorsEntry(ScalarType Type, long[] Shape, long Offset, long ByteLength);
