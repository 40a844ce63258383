using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Api;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Identity;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Who can call the service.</summary>
internal sealed class ExposureCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "exposure";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        ApiOptions options = installation.Settings<ApiOptions>(ApiOptions.SectionName);
        string[] configured = installation.Builder.Configuration.GetSection($"{ApiOptions.SectionName}:{nameof(ApiOptions.Keys)}").Get<string[]>() ?? [];
        (int stored, bool ever) = await StoredAsync(cancellationToken).ConfigureAwait(false);

        // The service closes with the first key that was ever made, and stays closed when that ends.
        if (configured.Length + stored == 0 && ever)
            return Finding.Problem("Every key was revoked or has ended: nobody can call the service.", "Make one: 'keys create NAME --role admin'.");
        string who = configured.Length + stored == 0
            ? "by whoever is there, who may do everything"
            : $"with a key ({Amount.Of(stored, "made key")}, {Amount.Of(configured.Length, "configured key")})";
        if (Exposure.Of(options, installation.Builder.Configuration) is not { } exposed)
            return Finding.Ok($"Reachable from this machine only, {who}.");
        if (configured.Length + stored == 0)
            return Finding.Problem($"{exposed}, which others can reach, but there is no key, without which the service does not start there.", "Make one: 'keys create NAME --role admin'.");
        return configured.All(key => key.StartsWith("sha256:", StringComparison.Ordinal))
            ? Finding.Ok($"{exposed}, which others can reach, {who}. Something in front must speak TLS.")
            : Finding.Warning($"{exposed}, which others can reach, {who}, some written as they are.", "Write 'sha256:' and the SHA-256 of each key in place of the key.");
    }

    private async Task<(int Valid, bool Ever)> StoredAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(installation.Store))
            return (0, false);
        await using UnlearningDbContext db = installation.OpenStore();
        DateTimeOffset now = installation.Time.GetUtcNow();
        int valid = await db.AccessKeys.CountAsync(key => key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now), cancellationToken).ConfigureAwait(false);
        return (valid, valid > 0 || await db.AccessKeys.AnyAsync(cancellationToken).ConfigureAwait(false));
    }
}
