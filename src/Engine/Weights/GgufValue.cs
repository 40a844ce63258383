namespace Unlearning.Engine.Weights;

/// <summary>A metadata value of a GGUF file, to be taken over as it is.</summary>
/// <param name="Bytes">Its type id and what follows.</param>
internal sealed record GgufValue(byte[] Bytes);
