using System.Security.Cryptography;

namespace Unlearning.Engine.Weights;

/// <summary>Names weights by their content.</summary>
internal static class WeightsHash
{
    /// <summary>SHA-256 of the files' bytes, one after the other in the order of their names, in lower-case hex.</summary>
    public static string OfFiles(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var path in paths.OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            for (int read; (read = file.Read(buffer)) > 0;)
                hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
