using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Keyed hashes that stand for text wherever text must not be: HMAC-SHA256 under the data folder's secret key, as 64 hex digits.
/// </summary>
public sealed class Fingerprinter : ISubjectHasher
{
    private const string HashedSubject = "subject:";
    private const int HashLength = 64;

    private readonly byte[] _key;

    /// <summary>Uses the data folder's key, creating it at first use.</summary>
    public Fingerprinter(DataFolder folder)
        : this(FingerprintKey.LoadOrCreate(folder.FingerprintKey))
    {
    }

    /// <summary>Uses <paramref name="key"/> (32 bytes).</summary>
    internal Fingerprinter(byte[] key) => _key = key;

    /// <summary>
    /// The fingerprint of a prompt under a hazard. Prompts that differ only in letter case, white space, punctuation, width
    /// (full-width Latin) or invisible characters share it.
    /// </summary>
    /// <param name="scrubbedPrompt">The prompt after <see cref="PersonalDataScrubber"/>.</param>
    /// <param name="hazard">The hazard's name.</param>
    public string Fingerprint(string scrubbedPrompt, string hazard) => Hash("incident", hazard, Normalise(scrubbedPrompt));

    /// <summary>The hash of a subject's identity, for caps, counts and erasure per person.</summary>
    /// <param name="subject">The subject as the app names it, or as the recorder hashed it with this key.</param>
    public string HashSubject(string subject) =>
        subject.Length == HashedSubject.Length + HashLength && subject.StartsWith(HashedSubject, StringComparison.Ordinal)
            ? subject[HashedSubject.Length..]
            : Hash("subject", subject);

    /// <inheritdoc/>
    string ISubjectHasher.HashSubject(string subject) => HashedSubject + HashSubject(subject);

    /// <summary>
    /// Folds case and width and turns every run of anything but letters, digits and combining marks into one space. Done by hand because
    /// Unicode normalisation does nothing in a process with invariant globalization, and a fingerprint must not depend on that.
    /// </summary>
    internal static string Normalise(string text)
    {
        StringBuilder normal = new(text.Length);
        bool gap = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            // Full-width forms U+FF01..U+FF5E are ASCII U+0021..U+007E, shifted.
            Rune folded = Rune.ToLowerInvariant(rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune);
            switch (Rune.GetUnicodeCategory(folded))
            {
                // Zero-width and other format characters: not even a gap, or they would split words.
                case UnicodeCategory.Format:
                    break;
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark:
                    normal.Append(folded.ToString());
                    break;
                default:
                    if (!Rune.IsLetterOrDigit(folded))
                    {
                        gap = normal.Length > 0;
                        break;
                    }

                    normal.Append(gap ? " " : string.Empty).Append(folded.ToString());
                    gap = false;
                    break;
            }
        }

        return normal.ToString();
    }

    // Length-prefixed parts: no two lists of parts make the same bytes.
    private string Hash(params ReadOnlySpan<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
