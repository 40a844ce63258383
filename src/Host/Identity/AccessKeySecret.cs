using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Host.Identity;

/// <summary>The secret of a key, and the hash that is kept of it.</summary>
public static class AccessKeySecret
{
    /// <summary>The shortest key that a person may choose, in characters.</summary>
    public const int Shortest = 16;

    private const string Prefix = "ulk_";
    private const string HashPrefix = "sha256:";
    private const int SecretBytes = 32;

    /// <summary>Makes a secret of 256 random bits.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>SHA-256 of a secret, in hex. Secrets are long and random, so a slow hash would add nothing.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether a configured key is a plain key of sensible length, or a hash as <c>sha256:</c> and 64 hex digits.</summary>
    public static bool IsValidSetting(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(HashPrefix, StringComparison.Ordinal)
            ? key.Length == HashPrefix.Length + 64 && key.Skip(HashPrefix.Length).All(char.IsAsciiHexDigit)
            : key.Length >= Shortest && !key.Any(character => character is <= ' ' or > '~');
    }

    /// <summary>The hash of a configured key, which may be one itself.</summary>
    public static string HashOfSetting(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(HashPrefix, StringComparison.Ordinal) ? key[HashPrefix.Length..].ToLowerInvariant() : HashOf(key);
    }
}
