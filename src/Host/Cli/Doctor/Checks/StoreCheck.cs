using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;
using Unlearning.Host.Storage.Backups;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the store opens, is whole, and is of this version.</summary>
internal sealed class StoreCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "store";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(installation.Store))
            return Finding.Ok("There is none yet; the first start makes it.");
        if (DatabaseFile.Damage(installation.Store, quick: !installation.Full) is { } damage)
            return Finding.Problem($"'{installation.Store}' is damaged: {damage}", "Stop the service and 'restore' a backup; first copy the folder, to keep what there is.");
        await using UnlearningDbContext db = installation.OpenStore();
        string[] known = [.. db.Database.GetMigrations()], applied = [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)];
        if (applied.Except(known).Any())
            return Finding.Problem("The store is of a newer version of this program.", "Update the program, or 'restore' a backup of this version.");
        if (known.Except(applied).Any())
            return Finding.Warning("The store is of an older version.", "Start the service once, which brings it to this one; make a 'backup' first.");
        return DatabaseFile.JournalMode(installation.Store) == "wal"
            ? Finding.Ok($"'{installation.Store}' is whole and of this version.")
            : Finding.Warning("The store has no write-ahead log.", "Start the service once, which gives it one.");
    }
}
