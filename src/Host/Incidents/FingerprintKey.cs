using System.Security.Cryptography;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>
/// The secret of fingerprints and subject hashes: 32 random bytes, created once in the data folder and readable by its owner only.
/// Whoever holds it can test whether a guessed prompt was an incident; whoever loses it loses de-duplication against the past.
/// </summary>
internal static class FingerprintKey
{
    private const int Size = 32;

    /// <summary>The key in <paramref name="path"/>, created when there is none. Concurrent callers get the same key.</summary>
    /// <exception cref="InvalidDataException">The file is not a key.</exception>
    public static byte[] LoadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            DurableFile.CreateOnce(path, RandomNumberGenerator.GetBytes(Size));
        }

        byte[] key = File.ReadAllBytes(path);
        if (key.Length != Size)
        {
            throw new InvalidDataException(
                $"{path}: holds {key.Length} bytes where a key has {Size}. Restore the key from a backup; with a new one, known incidents "
                + "are not recognised.");
        }

        return key;
    }
}
