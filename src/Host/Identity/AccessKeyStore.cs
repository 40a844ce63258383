using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Audit;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Identity;

/// <summary>Makes, lists and revokes access keys. A key is never deleted, so that a name in the audit stays explained.</summary>
public sealed partial class AccessKeyStore(IDbContextFactory<UnlearningDbContext> contexts, StoreWriter writer, TimeProvider time)
{
    /// <summary>How long a key may live at most, in days, unless it never ends: ten years.</summary>
    public const int MostDays = 3650;

    private const int IdDigits = 12;

    /// <summary>Makes a key.</summary>
    /// <param name="name">The person or program it is for: 1 to 64 letters, digits and <c>. _ - @ +</c>. It is kept in
    /// lower case and composed (NFC): four eyes compares names, and Alice must not be a second person beside alice.</param>
    /// <param name="role">What its bearer is here to do.</param>
    /// <param name="lifetime">After which it ends by itself; null for never. At most <see cref="MostDays"/>.</param>
    /// <param name="actor">Who makes it.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The key, and its secret, which is nowhere kept.</returns>
    /// <exception cref="ArgumentException">The name is no name, the lifetime is not positive or too long, or no admin has a key yet.</exception>
    public async Task<(AccessKey Key, string Secret)> CreateAsync(
        string name, Role role, TimeSpan? lifetime, Actor actor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        name = Composed(name);
        if (!Name().IsMatch(name) || Actor.IsReserved(name))
        {
            throw new ArgumentException(
                $"A key's name has 1 to 64 letters, digits and . _ - @ +, and is none of the service's own ({string.Join(", ", Actor.Reserved)}).",
                nameof(name));
        }

        if (lifetime is { } span && (span <= TimeSpan.Zero || span > TimeSpan.FromDays(MostDays)))
        {
            throw new ArgumentException(
                $"A key must live for some time, at most {MostDays} days. Set 'days' to more than 0 and at most {MostDays}, or leave it out for a key that never ends.",
                nameof(lifetime));
        }

        string secret = AccessKeySecret.Create(), hash = AccessKeySecret.HashOf(secret);
        DateTimeOffset now = time.GetUtcNow();
        AccessKey key = new()
        {
            Id = hash[..IdDigits],
            Name = name,
            Role = role,
            Hash = hash,
            CreatedAt = now,
            CreatedBy = actor.Name,
            ExpiresAt = now + lifetime,
        };
        await writer.WriteAsync(
            async (db, ct) =>
            {
                // The first key ends the time in which whoever reaches the port may do everything; somebody must be left who may.
                if (role != Role.Admin && !await db.AccessKeys
                    .AnyAsync(one => one.Role == Role.Admin && one.RevokedAt == null && (one.ExpiresAt == null || one.ExpiresAt > now), ct)
                    .ConfigureAwait(false))
                {
                    throw new ArgumentException("No admin has a key, who could make or revoke others. Make one with role admin first.", nameof(role));
                }

                db.AccessKeys.Add(key);
                AuditOutbox.Enlist(db, AuditEvent.Create(
                    time, actor, "key.create", key.Id, null, ("name", name), ("role", RoleWord.Of(role)), ("expires", key.ExpiresAt?.ToString("O", CultureInfo.InvariantCulture) ?? "never")));
                return 0;
            },
            cancellationToken).ConfigureAwait(false);
        return (key, secret);
    }

    /// <summary>Takes a key back, at once and for good. Idempotent.</summary>
    /// <returns>The key, or null when there is none of that id.</returns>
    public Task<AccessKey?> RevokeAsync(string id, Actor actor, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(
            async (db, ct) =>
            {
                AccessKey? key = await db.AccessKeys.SingleOrDefaultAsync(one => one.Id == id, ct).ConfigureAwait(false);
                if (key is { RevokedAt: null })
                {
                    key.RevokedAt = time.GetUtcNow();
                    AuditOutbox.Enlist(db, AuditEvent.Create(time, actor, "key.revoke", id, null, ("name", key.Name), ("role", RoleWord.Of(key.Role))));
                }

                return key;
            },
            cancellationToken);

    /// <summary>All keys, the newest last.</summary>
    public async Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.AccessKeys.AsNoTracking().OrderBy(key => key.CreatedAt).ThenBy(key => key.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    // Combining marks are no letters to the pattern below, so that what cannot be composed is refused.
    private static string Composed(string? name)
    {
        try
        {
#pragma warning disable CA1308 // How names are shown and typed.
            return (name ?? "").ToLowerInvariant().Normalize(NormalizationForm.FormC);
#pragma warning restore CA1308
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair.
            return "";
        }
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}._@+-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
