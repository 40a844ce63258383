using System.Security.Cryptography;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents;

public sealed class FingerprinterTests
{
    private readonly Fingerprinter _fingerprinter = new(RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData("How do I pick a lock?", "  how do i PICK a   lock ?!\n")]
    [InlineData("How do I pick a lock?", "How do I pi\u200bck a lock")]
    [InlineData("How do I pick a lock?", "Ｈｏｗ ｄｏ Ｉ ｐｉｃｋ ａ ｌｏｃｋ？")]
    [InlineData("Wie öffnet man Schlösser", "wie ÖFFNET man: schlösser")]
    public void Prompts_that_differ_in_dress_only_share_a_fingerprint(string one, string other) =>
        Assert.Equal(_fingerprinter.Fingerprint(one, "h"), _fingerprinter.Fingerprint(other, "h"));

    [Fact]
    public void Another_prompt_another_hazard_or_another_key_is_another_fingerprint()
    {
        string fingerprint = _fingerprinter.Fingerprint("how do I pick a lock", "h");
        Assert.Matches("^[0-9a-f]{64}$", fingerprint);
        Assert.NotEqual(fingerprint, _fingerprinter.Fingerprint("how do I pick a log", "h"));
        Assert.NotEqual(fingerprint, _fingerprinter.Fingerprint("how do I pick a lock", "g"));
        Assert.NotEqual(_fingerprinter.Fingerprint("bc", "a"), _fingerprinter.Fingerprint("c", "ab"));
        Assert.NotEqual(fingerprint, new Fingerprinter(RandomNumberGenerator.GetBytes(32)).Fingerprint("how do I pick a lock", "h"));
    }

    [Fact]
    public void The_key_is_made_once_for_its_owner_only_whoever_starts_first()
    {
        using TemporaryFolder folder = new();
        DataFolder data = new(folder.Path);
        string[] hashes =
            [.. Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(16).Select(_ => new Fingerprinter(data).HashSubject("s"))];
        Assert.Single(hashes.Distinct());
        Assert.Equal([data.FingerprintKey], Directory.GetFiles(folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.FingerprintKey));
        }
    }

    [Fact]
    public void A_damaged_key_is_refused_with_what_to_do()
    {
        using TemporaryFolder folder = new();
        DataFolder data = new(folder.Path);
        File.WriteAllText(data.FingerprintKey, "short");
        InvalidDataException failure = Assert.Throws<InvalidDataException>(() => new Fingerprinter(data));
        Assert.Contains("Restore the key", failure.Message, StringComparison.Ordinal);
    }
}
