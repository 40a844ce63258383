using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Host.Approvals;

/// <summary>What people approve: a release with what its gates say and the policies in force.</summary>
/// <param name="ReleaseId">The release.</param>
/// <param name="Verdict">What the gates, as they are configured now, say about its evaluation.</param>
/// <param name="Objections">What those say that do not pass.</param>
/// <param name="Hash">SHA-256 of all of it, in hex: any change makes another proposal.</param>
public sealed record Proposal(string ReleaseId, string Verdict, string Objections, string Hash)
{
    /// <summary>Whether the gates pass.</summary>
    public bool Passes => Verdict == "pass";

    /// <summary>Hashes the parts; none of them holds the separator.</summary>
    internal static string HashOf(string contentHash, string decision, string policyRevision) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{contentHash}\n{decision}\n{policyRevision}")));
}
