using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Unlearning.Host.Api;

/// <summary>The keys that callers may show. Only their hashes are held, and comparing takes as long for a wrong key as for a right one.</summary>
internal sealed class ApiKeys(IOptions<ApiOptions> options)
{
    private const string Scheme = "Bearer ";
    private const string HashPrefix = "sha256:";

    private readonly byte[][] _hashes = [.. options.Value.Keys.Select(HashOf)];

    /// <summary>Whether a configured key is a plain key of sensible length, or a hash as <c>sha256:</c> and 64 hex digits.</summary>
    public static bool IsValid(string key) => key.StartsWith(HashPrefix, StringComparison.Ordinal)
        ? key.Length == HashPrefix.Length + 64 && key.Skip(HashPrefix.Length).All(char.IsAsciiHexDigit)
        : key.Length >= ApiOptions.ShortestKey && !key.Any(character => character is <= ' ' or > '~');

    /// <summary>Whether a request may pass: its <c>Authorization: Bearer</c> is one of the keys, or no keys are set.</summary>
    public bool Allow(HttpRequest request)
    {
        if (_hashes.Length == 0)
        {
            return true;
        }

        string authorization = request.Headers.Authorization.ToString();
        bool isBearer = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        byte[] shown = SHA256.HashData(Encoding.UTF8.GetBytes(isBearer ? authorization[Scheme.Length..].Trim() : ""));
        bool allowed = false;
        foreach (byte[] hash in _hashes)
        {
            allowed |= CryptographicOperations.FixedTimeEquals(shown, hash);
        }

        return isBearer && allowed;
    }

    private static byte[] HashOf(string key) => key.StartsWith(HashPrefix, StringComparison.Ordinal)
        ? Convert.FromHexString(key[HashPrefix.Length..])
        : SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
