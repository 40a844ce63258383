namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>What a line of the spool gave.</summary>
/// <param name="Json">The record; null when it cannot be read.</param>
/// <param name="KeyMissing">Whether its key is all that is missing.</param>
internal readonly record struct SpoolRecord(ReadOnlyMemory<byte>? Json, bool KeyMissing = false)
{
    /// <summary>Whole, and encrypted with a key that is not here.</summary>
    public static SpoolRecord Locked => new(null, KeyMissing: true);

    /// <summary>Nobody can read it any more.</summary>
    public static SpoolRecord Damaged => default;
}
