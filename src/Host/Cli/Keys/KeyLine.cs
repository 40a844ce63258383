using Unlearning.Host.Api.Management;

namespace Unlearning.Host.Cli.Keys;

/// <summary>A key as JSON for programs.</summary>
internal sealed record KeyLine(
    string Id, string Name, string Role, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
#pragma warning disable CA1308 // Words of the interface are in lower case.
    public static KeyLine Of(KeyView key) =>
        new(key.Id, key.Name, key.Role.ToString().ToLowerInvariant(), key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt);
#pragma warning restore CA1308
}
