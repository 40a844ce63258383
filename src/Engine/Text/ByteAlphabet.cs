using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>
/// GPT-2's spelling of bytes as printable characters, in which byte-level vocabularies are written: visible Latin-1 characters stand
/// for themselves, the other 68 bytes for U+0100 and up in order. A space, for one, is written U+0120.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharOfByte = new char[256];
    private static readonly Dictionary<char, byte> ByteOfChar = [];

    static ByteAlphabet()
    {
        var next = '\u0100';
        for (var i = 0; i < 256; i++)
        {
            CharOfByte[i] = i is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)i : next++;
            ByteOfChar[CharOfByte[i]] = (byte)i;
        }
    }

    /// <summary>The character that a byte is written as.</summary>
    public static char Spell(byte value) => CharOfByte[value];

    /// <summary>The bytes of a vocabulary entry; one that uses other characters (a control token) is its own UTF-8.</summary>
    public static byte[] BytesOf(string entry)
    {
        var bytes = new byte[entry.Length];
        for (var i = 0; i < entry.Length; i++)
        {
            if (!ByteOfChar.TryGetValue(entry[i], out bytes[i]))
                return Encoding.UTF8.GetBytes(entry);
        }
        return bytes;
    }
}
