using System.Buffers.Binary;
using System.Text;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>
/// What disks, networks and editors do to files, and what an attacker would: one to four changes, most of them near the front.
/// </summary>
internal static class DamagedBytes
{
    private static readonly ulong[] Extremes =
        [0, 1, 7, 255, 1UL << 15, 1UL << 31, uint.MaxValue, 1UL << 40, 1UL << 61, ulong.MaxValue >> 1, ulong.MaxValue];

    private static readonly string[] Words =
    [
        "null", "true", "-1", "0", "1e999", "NaN", "99999999999999999999", "2147483648", "\"\"", "[]", "{}", ",", "\"", "\\ud800", "[[[[", "1.5",
    ];

    public static byte[] Create(byte[] original, Random random, bool isText)
    {
        var bytes = original.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 16; change--)
        {
            var front = Math.Min(bytes.Count, 1 << random.Next(4, 18));
            var at = random.Next(front - 8);
            var length = Math.Min(1 << random.Next(0, 7), bytes.Count - at);
            switch (random.Next(isText ? 9 : 7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    Overwrite(at, 8);
                    break;
                case 3:
                    Overwrite(at, 4);
                    break;
                case 4:
                    bytes.RemoveRange(at, length);
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                    break;
                case 6 when random.Next(3) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 7 or 8:
                    ReplaceValue(at);
                    break;
            }
        }
        return [.. bytes];

        void Overwrite(int at, int count)
        {
            var extreme = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(extreme, Extremes[random.Next(Extremes.Length)]);
            for (var i = 0; i < count; i++)
                bytes[at + i] = extreme[i];
        }

        // A value of JSON, from after a colon or comma up to the next, becomes another.
        void ReplaceValue(int at)
        {
            var start = bytes.FindIndex(at, value => value is (byte)':' or (byte)',');
            var end = start < 0 ? -1 : bytes.FindIndex(start + 1, value => value is (byte)',' or (byte)'}' or (byte)']');
            if (end < 0)
                return;
            bytes.RemoveRange(start + 1, end - start - 1);
            bytes.InsertRange(start + 1, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
        }
    }
}
