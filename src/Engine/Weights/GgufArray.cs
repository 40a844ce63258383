namespace Unlearning.Engine.Weights;

/// <summary>Where an array of a GGUF file's metadata lies.</summary>
/// <param name="Type">The type id of its elements.</param>
/// <param name="Count">Elements; all of them are inside the file.</param>
/// <param name="Position">Bytes from the start of the file to the first.</param>
internal readonly record struct GgufArray(uint Type, ulong Count, long Position);
