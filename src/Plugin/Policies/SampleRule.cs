using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Plugin.Policies;

/// <summary>Which of the interactions that match a policy become incidents.</summary>
/// <param name="Share">The share, more than 0 and at most 1.</param>
internal sealed record SampleRule(double Share)
{
    /// <summary>Whether an interaction is taken; by its id, so that it is decided alike wherever and however often it is asked.</summary>
    public bool Takes(string interactionId) =>
        Share >= 1
        || BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(interactionId))) < Share * (uint.MaxValue + 1.0);
}
