using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Privacy;

/// <summary>
/// Encrypts what people said, before it is written anywhere, with ASP.NET Core Data Protection. What was written before there was
/// encryption carries no mark and is read as it is. Thread safe.
/// </summary>
public sealed class TextProtector
{
    /// <summary>Begins everything that is encrypted.</summary>
    internal const string Mark = "enc:1:";

    private const string ApplicationName = "Unlearning", Purpose = "captured text";

    private readonly string _ring;
    private readonly string _check;
    private readonly Lazy<IDataProtector> _protector;

    /// <summary>Uses the configured key ring.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="options">Names the key ring.</param>
    public TextProtector(DataFolder folder, IOptions<PrivacyOptions> options)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        _ring = Path.GetFullPath(options.Value.KeyRing ?? "keys", folder.Path);
        _check = Path.Combine(folder.Path, "key-ring.check");
        _protector = new Lazy<IDataProtector>(() => DataProtectionProvider
            .Create(CreateRing(_ring), builder => builder.SetApplicationName(ApplicationName)).CreateProtector(Purpose));
    }

    /// <summary>Makes sure that the key ring is the one that this data folder's text is encrypted with; the first ring is.</summary>
    /// <exception cref="KeyRingException">It is another one, or empty.</exception>
    public void Check()
    {
        // Asked first: an empty folder would be given a new key, and look like a ring.
        if (File.Exists(_check) && !Directory.Exists(_ring))
            throw Missing(null);
        if (!File.Exists(_check))
            DurableFile.CreateOnce(_check, Protect("unlearning"u8));
        Unprotect(File.ReadAllBytes(_check));
    }

    /// <summary>Does the same for a reader, and writes nothing where there is no mark of a first ring yet.</summary>
    /// <exception cref="KeyRingException">The ring is another one, or empty.</exception>
    public void CheckOnly()
    {
        if (File.Exists(_check))
            Check();
    }

    /// <summary>Encrypts text; none stays none.</summary>
    public string Protect(string text) => text.Length == 0 ? text : Mark + Base64Url.EncodeToString(_protector.Value.Protect(Encoding.UTF8.GetBytes(text)));

    /// <summary>Encrypts bytes.</summary>
    public byte[] Protect(ReadOnlySpan<byte> bytes) => [.. Encoding.ASCII.GetBytes(Mark), .. _protector.Value.Protect(bytes.ToArray())];

    /// <summary>Gives back what <see cref="Protect(string)"/> took, and text without its mark as it is.</summary>
    /// <exception cref="KeyRingException">The key is not in the ring.</exception>
    public string Unprotect(string stored) => stored.StartsWith(Mark, StringComparison.Ordinal) && Base64Url.IsValid(stored.AsSpan(Mark.Length))
        ? Encoding.UTF8.GetString(Decrypt(Base64Url.DecodeFromChars(stored.AsSpan(Mark.Length))))
        : stored;

    /// <summary>Gives back what <see cref="Protect(ReadOnlySpan{byte})"/> took, and bytes without its mark as they are.</summary>
    /// <exception cref="KeyRingException">The key is not in the ring.</exception>
    public byte[] Unprotect(byte[] stored) => stored.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Mark)) ? Decrypt(stored[Mark.Length..]) : stored;

    private byte[] Decrypt(byte[] encrypted)
    {
        try
        {
            return _protector.Value.Unprotect(encrypted);
        }
        catch (CryptographicException failure)
        {
            throw Missing(failure);
        }
    }

    private KeyRingException Missing(Exception? failure) => new(
        $"The key that stored text is encrypted with is not in '{_ring}'. Put the key ring's files back there from a backup, or set "
        + $"{PrivacyOptions.SectionName}:{nameof(PrivacyOptions.KeyRing)} to the folder that has them. If they are lost, so is the text: "
        + "start with an empty data folder.",
        failure!);

    private static DirectoryInfo CreateRing(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
