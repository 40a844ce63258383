using Unlearning.Host.Api.Management.Keys;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Cli.Keys;

/// <summary>A key as JSON for programs.</summary>
internal sealed record KeyLine(
    string Id, string Name, string Role, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static KeyLine Of(KeyView key) => new(key.Id, key.Name, RoleWord.Of(key.Role), key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt);
}
