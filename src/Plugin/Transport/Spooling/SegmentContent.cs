namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>What a segment holds.</summary>
/// <param name="Records">The records that can be read, as JSON.</param>
/// <param name="Damaged">The lines that nobody can read any more.</param>
/// <param name="Locked">The lines that are whole, and encrypted with a key that is not here.</param>
internal sealed record SegmentContent(
    IReadOnlyList<ReadOnlyMemory<byte>> Records, IReadOnlyList<ReadOnlyMemory<byte>> Damaged, IReadOnlyList<ReadOnlyMemory<byte>> Locked)
{
    /// <summary>Reads a segment's bytes.</summary>
    public static SegmentContent Of(ReadOnlyMemory<byte> content, SpoolKeys keys)
    {
        List<ReadOnlyMemory<byte>> records = [], damaged = [], locked = [];
        foreach (SpoolLine line in SpoolLine.Decode(content))
        {
            SpoolRecord record = line.Content is { } whole ? keys.Open(whole) : SpoolRecord.Damaged;
            if (record.Json is { } json)
            {
                records.Add(json);
            }
            else
            {
                (record.KeyMissing ? locked : damaged).Add(line.Bytes);
            }
        }

        return new SegmentContent(records, damaged, locked);
    }
}
