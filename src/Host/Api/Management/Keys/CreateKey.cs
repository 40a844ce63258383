using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management.Keys;

/// <summary>A wish for a key.</summary>
/// <param name="Name">The person or program it is for, kept in lower case; two keys of one name are one identity.</param>
/// <param name="Role">What its bearer is here to do; needed.</param>
/// <param name="Days">After how many days it ends by itself, more than 0 and at most 3650; null for never.</param>
public sealed record CreateKey(string Name, Role? Role, double? Days = null)
{
    /// <summary>The wish, if it is whole.</summary>
    /// <exception cref="ArgumentException">It names no role.</exception>
    internal (string Name, Role Role, TimeSpan? Lifetime) Read() => (
        Name,
        Role ?? throw new ArgumentException("Say which role the key has: 'role' is app, viewer, reviewer, operator, approver or admin.", nameof(Role)),

        // Whoever makes the key says what is too long; more days than a time span holds must get that far.
        Days is { } days ? TimeSpan.FromDays(Math.Clamp(days, -1, AccessKeyStore.MostDays + 1)) : null);
}
