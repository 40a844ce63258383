using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// The keys that a spool is encrypted with: the one in the settings, else the one in <c>spool.key</c> in its folder, which is made at first
/// use. What is there under the file's key stays readable when a key is set.
/// </summary>
internal sealed class SpoolKeys
{
    /// <summary>The key file's name in the spool's folder.</summary>
    public const string FileName = "spool.key";

    private const int MostTries = 5;

    private readonly List<SpoolCipher> _ciphers = [];

    private SpoolKeys()
    {
    }

    /// <summary>Gets what new records are encrypted with.</summary>
    public SpoolCipher Current => _ciphers[0];

    /// <summary>Gets the file that a damaged key file was moved to when this opened it; otherwise null.</summary>
    public string? DamagedKeyFile { get; private set; }

    /// <summary>Opens the keys of a spool, durably made where there are none.</summary>
    /// <param name="root">The spool's folder.</param>
    /// <param name="configured">A key as <see cref="TryParse"/> reads it, or empty.</param>
    /// <exception cref="IOException">The key file cannot be read or made.</exception>
    /// <exception cref="UnauthorizedAccessException">The key file may not be read or made.</exception>
    public static SpoolKeys Open(string root, string configured)
    {
        SpoolKeys keys = new();
        string path = Path.Combine(root, FileName);
        if (TryParse(configured, out byte[] key))
        {
            keys._ciphers.Add(new SpoolCipher(key));
            if (Read(path, out byte[] earlier) == KeyFile.Whole)
            {
                keys._ciphers.Add(new SpoolCipher(earlier));
            }

            return keys;
        }

        // Several processes may share the folder: exactly one makes the file, and all of them read it.
        for (int tries = 1; ; tries++)
        {
            switch (Read(path, out key))
            {
                case KeyFile.Whole:
                    keys._ciphers.Add(new SpoolCipher(key));
                    return keys;
                case KeyFile.Damaged when tries > MostTries:
                case KeyFile.Absent when tries > MostTries:
                    throw new IOException($"The key file '{path}' can be neither read nor made. Look at the disk, or set {TransportOptions.SectionName}:{nameof(TransportOptions.SpoolKey)}.");
                case KeyFile.Damaged:
                    keys.DamagedKeyFile = SetAside.MoveKey(root, path) ?? keys.DamagedKeyFile;
                    break;
                default:
                    SpoolFiles.CreateOnce(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(SpoolCipher.KeyBytes))));
                    break;
            }
        }
    }

    /// <summary>Reads a key: 32 bytes in Base64.</summary>
    public static bool TryParse(string text, out byte[] key)
    {
        key = new byte[SpoolCipher.KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out int bytes) && bytes == SpoolCipher.KeyBytes;
    }

    /// <summary>Finds the record in a line's content: JSON as it is, as earlier versions wrote it, or what is encrypted.</summary>
    public SpoolRecord Open(ReadOnlyMemory<byte> content)
    {
        if (!SpoolCipher.IsEncrypted(content.Span))
        {
            return content.Span is [(byte)'{', ..] ? new SpoolRecord(content) : SpoolRecord.Damaged;
        }

        SpoolCipher? cipher = _ciphers.Find(candidate => candidate.Made(content.Span));
        return cipher is null ? SpoolRecord.Locked : cipher.TryDecrypt(content.Span, out byte[] json) ? new SpoolRecord(json) : SpoolRecord.Damaged;
    }

    private static KeyFile Read(string path, out byte[] key)
    {
        key = [];
        try
        {
            return TryParse(File.ReadAllText(path), out key) ? KeyFile.Whole : KeyFile.Damaged;
        }
        catch (FileNotFoundException)
        {
            return KeyFile.Absent;
        }
    }

    private enum KeyFile
    {
        Absent,
        Whole,
        Damaged,
    }
}
