using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether stored text can be read.</summary>
internal sealed class KeyRingCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "key ring";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        string mark = Path.Combine(installation.Folders.Data, "key-ring.check");
        if (!File.Exists(mark) && !File.Exists(installation.Store))
            return Finding.Ok("There is none yet; the first start makes it.");
        try
        {
            TextProtector protector = new(installation.Data, Options.Create(new PrivacyOptions { KeyRing = installation.Folders.KeyRing }));
            protector.CheckOnly();
            await using UnlearningDbContext db = installation.OpenStore(protector);

            // The newest text, whose key is the newest. It is read, and not looked at.
            int length = File.Exists(installation.Store)
                ? (await db.Incidents.AsNoTracking().Where(incident => incident.Prompt != "").OrderByDescending(incident => incident.LastSeen)
                    .Select(incident => incident.Prompt).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false))?.Length ?? 0
                : 0;
            return Finding.Ok(length > 0 ? "Stored text can be decrypted." : "It is the one that the data folder began with.");
        }
        catch (KeyRingException failure)
        {
            return Finding.Problem(failure.Message, "Put the key ring's files back from a backup.");
        }
    }
}
