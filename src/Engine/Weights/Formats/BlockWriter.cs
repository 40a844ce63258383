namespace Unlearning.Engine.Weights.Formats;

/// <summary>Rounds <paramref name="count"/> finite numbers, whole blocks of them, and says whether every scale is within half precision.</summary>
internal unsafe delegate bool BlockWriter(float* values, byte* target, long count);
