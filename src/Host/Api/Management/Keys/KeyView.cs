using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management.Keys;

/// <summary>An access key without its secret.</summary>
/// <param name="Id">Names the key, for example when it is revoked.</param>
/// <param name="Name">The person or program it is for.</param>
/// <param name="Role">What its bearer is here to do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
/// <param name="RevokedAt">When it was revoked; null while it was not.</param>
public sealed record KeyView(
    string Id, string Name, Role Role, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>What is shown of a key.</summary>
    public static KeyView Of(AccessKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(key.Id, key.Name, key.Role, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt);
    }
}
