using System.Text;
using CsCheck;
using Unlearning.Plugin.Transport.Spooling;

namespace Unlearning.Plugin.Tests.Transport;

public sealed class SpoolLineTests
{
    private static readonly Gen<string[]> _records = Gen.String[Gen.Char['!', '~'], 0, 40].Array[1, 8];

    [Fact]
    public void A_file_cut_anywhere_gives_every_record_before_the_cut_and_counts_none_as_damaged() =>
        Gen.Select(_records, Gen.Double[0, 1]).Sample((records, where) =>
        {
            byte[] whole = Encode(records);
            int cut = (int)(whole.Length * where);
            (IReadOnlyList<string> read, int damaged) = Decode(whole[..cut]);
            int complete = Enumerable.Range(0, records.Length + 1).Last(count => Encode(records[..count]).Length <= cut);
            Assert.Equal(records[..complete], read);
            Assert.Equal(0, damaged);
        });

    [Fact]
    public void A_byte_changed_anywhere_costs_the_one_record_it_lies_in() =>
        Gen.Select(_records, Gen.Double[0, 0.999], Gen.Byte[1, 255]).Sample((records, where, change) =>
        {
            byte[] content = Encode(records);
            int at = (int)(content.Length * where);
            int hit = Enumerable.Range(0, records.Length).First(count => Encode(records[..(count + 1)]).Length > at);
            content[at] ^= change;
            (IReadOnlyList<string> read, _) = Decode(content);

            // A newline is not covered by the checksum: without it the record is whole all the same.
            Assert.True(
                read.SequenceEqual(records) || read.SequenceEqual(records.Where((_, i) => i != hit)),
                $"{at} {change}: {string.Join('|', records)} gave {string.Join('|', read)}");
        });

    private static byte[] Encode(IEnumerable<string> records) =>
        [.. records.SelectMany(record => SpoolLine.Encode(Encoding.UTF8.GetBytes(record)))];

    private static (IReadOnlyList<string> Records, int Damaged) Decode(byte[] content)
    {
        SpoolLine[] lines = [.. SpoolLine.Decode(content)];
        return (
            [.. lines.Where(line => line.Content is not null).Select(line => Encoding.UTF8.GetString(line.Content!.Value.Span))],
            lines.Count(line => line.Content is null));
    }
}
