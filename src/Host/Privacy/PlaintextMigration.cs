using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Privacy;

/// <summary>Encrypts what an older version stored as plain text. Idempotent; a kill half way leaves the rest for the next start.</summary>
internal static class PlaintextMigration
{
    private const int AtOnce = 200;

    private const string PlainIncidents =
        $"SELECT * FROM \"Incidents\" WHERE (\"Prompt\" <> '' AND \"Prompt\" NOT LIKE '{TextProtector.Mark}%') " +
        $"OR (\"Answer\" <> '' AND \"Answer\" NOT LIKE '{TextProtector.Mark}%')";

    private const string PlainRuns = $"SELECT * FROM \"Runs\" WHERE \"Error\" <> '' AND \"Error\" NOT LIKE '{TextProtector.Mark}%'";

    /// <summary>Encrypts every row that is not, and takes the plain text out of the file.</summary>
    /// <param name="db">A migrated database.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static async Task EncryptAsync(UnlearningDbContext db, CancellationToken cancellationToken)
    {
        int encrypted = 0;
        for (int before = -1; before != encrypted;)
        {
            before = encrypted;
            List<Incident> incidents = await db.Incidents.FromSqlRaw(PlainIncidents).OrderBy(incident => incident.Id).Take(AtOnce)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            List<RunRecord> runs = await db.Runs.FromSqlRaw(PlainRuns).OrderBy(run => run.RunId).Take(AtOnce)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (Incident incident in incidents)
            {
                db.Entry(incident).Property(row => row.Prompt).IsModified = true;
                db.Entry(incident).Property(row => row.Answer).IsModified = true;
            }

            foreach (RunRecord run in runs)
                db.Entry(run).Property(row => row.Error).IsModified = true;
            encrypted += await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            db.ChangeTracker.Clear();
        }

        if (encrypted > 0)
            await StoreCleaning.CleanAsync(db, cancellationToken).ConfigureAwait(false);
    }
}
