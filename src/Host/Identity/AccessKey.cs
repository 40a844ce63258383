namespace Unlearning.Host.Identity;

/// <summary>A key as the store keeps it: the secret itself is shown once, when it is made, and nowhere kept.</summary>
public sealed class AccessKey
{
    /// <summary>Identity, in words for people: the first characters of the hash.</summary>
    public required string Id { get; init; }

    /// <summary>The person or program it belongs to; two keys of one name are one identity.</summary>
    public required string Name { get; init; }

    /// <summary>What its bearer is here to do.</summary>
    public required Role Role { get; init; }

    /// <summary>SHA-256 of the secret, 64 hex digits.</summary>
    public required string Hash { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was taken back; null while it was not.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
}
