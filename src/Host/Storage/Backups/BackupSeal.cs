using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Host.Storage.Backups;

/// <summary>
/// The end of an archive: the SHA-256 of every byte before it, as a gzip member of its own, which other programs pass over. So any byte that
/// was changed is found, also where neither gzip nor tar would notice.
/// </summary>
internal static class BackupSeal
{
    private const int HexLength = 64;

    // A member without time and name, of one stored block.
    private static readonly byte[] _start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, HexLength, 0, 255 - HexLength, 255];

    private static int Length => _start.Length + HexLength + (2 * sizeof(uint));

    /// <summary>Appends it to an archive that is complete.</summary>
    public static void Append(FileStream archive)
    {
        archive.Position = 0;
        byte[] hash = SHA256.HashData(archive);
        archive.Write(Of(hash));
    }

    /// <summary>Whether an archive ends with the right one. Leaves the archive at its beginning.</summary>
    public static bool Holds(FileStream archive)
    {
        long sealedLength = archive.Length - Length;
        if (sealedLength < 0)
            return false;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (long left = sealedLength; left > 0;)
        {
            int read = archive.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
                return false;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        byte[] end = new byte[Length];
        archive.ReadExactly(end);
        archive.Position = 0;
        return end.AsSpan().SequenceEqual(Of(hash.GetHashAndReset()));
    }

    private static byte[] Of(byte[] hash)
    {
        byte[] text = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)), end = new byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(end, Crc32(text));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(sizeof(uint)), HexLength);
        return [.. _start, .. text, .. end];
    }

    private static uint Crc32(byte[] bytes)
    {
        const uint Polynomial = 0xEDB88320;
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) == 1 ? Polynomial : 0);
        }

        return ~crc;
    }
}
