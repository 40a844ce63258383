namespace Unlearning.Engine.Weights.Formats;

/// <summary>Widens <paramref name="count"/> numbers, whole blocks of them, to float32 and says whether all are finite.</summary>
internal unsafe delegate bool BlockReader(byte* source, float* values, long count);
