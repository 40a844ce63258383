namespace Unlearning.Engine.Weights;

/// <summary>Where one tensor of a GGUF file lies.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Shape">Slowest dimension first, as torch has it (the file lists the fastest first).</param>
/// <param name="Type">The number format.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="ByteLength">Bytes it takes.</param>
internal sealed record GgufTensor(string Name, long[] Shape, GgmlType Type, long Offset, long ByteLength);
