using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// AES-256-GCM under one key. What it makes is text without a newline: <c>enc:1:</c>, eight bytes of the key's SHA-256 in hex, a colon, and
/// nonce, ciphertext and tag in Base64Url. Thread safe.
/// </summary>
internal sealed class SpoolCipher
{
    /// <summary>A key's length.</summary>
    public const int KeyBytes = 32;

    // Random nonces of 96 bits are safe for 2^32 records of one key, more than any spool sees.
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;
    private readonly byte[] _header;

    /// <summary>Uses a key of <see cref="KeyBytes"/> bytes.</summary>
    public SpoolCipher(byte[] key)
    {
        _key = key;
        _header = [.. Mark, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 8))), (byte)':'];
    }

    private static ReadOnlySpan<byte> Mark => "enc:1:"u8;

    /// <summary>Tells what is encrypted from what is plain.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> content) => content.StartsWith(Mark);

    /// <summary>Tells whether this key made it.</summary>
    public bool Made(ReadOnlySpan<byte> content) => content.StartsWith(_header);

    /// <summary>Encrypts a record.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> json)
    {
        byte[] sealedRecord = new byte[NonceBytes + json.Length + TagBytes];
        Span<byte> nonce = sealedRecord.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm aes = new(_key, TagBytes);
        aes.Encrypt(nonce, json, sealedRecord.AsSpan(NonceBytes, json.Length), sealedRecord.AsSpan(NonceBytes + json.Length), _header);
        return [.. _header, .. Base64Url.EncodeToUtf8(sealedRecord)];
    }

    /// <summary>Gives back what <see cref="Encrypt"/> took.</summary>
    /// <returns>Whether it is whole, and this key's.</returns>
    public bool TryDecrypt(ReadOnlySpan<byte> content, out byte[] json)
    {
        json = [];
        ReadOnlySpan<byte> text = content[Math.Min(_header.Length, content.Length)..];
        if (!Made(content) || !Base64Url.IsValid(text, out int length) || length < NonceBytes + TagBytes)
        {
            return false;
        }

        byte[] sealedRecord = Base64Url.DecodeFromUtf8(text);
        byte[] plain = new byte[length - NonceBytes - TagBytes];
        try
        {
            using AesGcm aes = new(_key, TagBytes);
            aes.Decrypt(sealedRecord.AsSpan(0, NonceBytes), sealedRecord.AsSpan(NonceBytes, plain.Length), sealedRecord.AsSpan(^TagBytes..), plain, _header);
        }
        catch (CryptographicException)
        {
            return false;
        }

        json = plain;
        return true;
    }
}
