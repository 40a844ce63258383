using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review;

/// <summary>Which base model a service unlearns from, told without loading it.</summary>
internal static class ServedBase
{
    /// <summary>The base of the live release, else of the latest run; null before there was any, when only the service itself knows.</summary>
    public static async Task<string?> FindAsync(UnlearningDbContext db, DataFolder data, CancellationToken cancellationToken)
    {
        if (LiveBase(data) is { } live)
            return live;
        string? latest = await db.Runs.AsNoTracking().Where(run => run.Manifest != null)
            .OrderByDescending(run => run.StartedAt).Select(run => run.Manifest).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return latest is null ? null : HashIn(latest);
    }

    /// <summary>Whether an incident can be of that base, as far as is known.</summary>
    public static bool MayBe(string? served, string baseModel) =>
        !baseModel.StartsWith(BaseModelIdentity.NamePrefix, StringComparison.Ordinal) && (served is null || served == baseModel);

    private static string? LiveBase(DataFolder data)
    {
        try
        {
            string live = new LiveReleaseJournal(data).Read().Current;
            return live == Release.BaseId ? null : new ReleaseStore(data).FindManifest(live)?.BaseModelHash;
        }
        catch (ReleaseException)
        {
            // A damaged release is for the service to tell.
            return null;
        }
    }

    private static string? HashIn(string manifest)
    {
        using JsonDocument document = JsonDocument.Parse(manifest);
        return document.RootElement.TryGetProperty(nameof(ReleaseManifest.BaseModelHash), out JsonElement hash) ? hash.GetString() : null;
    }
}
