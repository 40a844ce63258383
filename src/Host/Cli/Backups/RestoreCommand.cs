using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Storage.Backups;

namespace Unlearning.Host.Cli.Backups;

/// <summary>The <c>restore</c> verb.</summary>
internal static class RestoreCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">Dates the name under which the old folder is kept.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null)
    {
        Argument<string> file = new("file") { Description = "The backup." };
        Option<string?> to = new("--to") { Description = "The data folder to restore; the configured one when left out.", HelpName = "FOLDER" };
        Option<bool> force = new("--force") { Description = "Moves a data folder aside that holds data; it is never deleted." };
        Command command = new(
            "restore",
            """
            Puts a backup in the place of the data folder. Every hash is compared, and databases, keys and the live release are tried, before
            anything is changed. No service may work on the folder. The backup's policies are put beside the data, to be compared and applied.
            Access keys that were revoked since the backup are valid again: look at 'keys list' before the service starts.

            Examples:
              restore backups/unlearning-20260301-120000.tar.gz
              restore backups/unlearning-20260301-120000.tar.gz --to data --force
              restore backups/unlearning-20260301-120000.tar.gz --to data --json

            Exit codes: 0 restored, 1 error (and nothing was changed).
            """)
        {
            file, to, force,
        };
        return Verb.WithJson(command, (parsed, say, cancellationToken) =>
        {
            ConfiguredFolders folders = ConfiguredFolders.Read(overrides);
            Restoration restoration = new(parsed.GetValue(to) ?? folders.Data, folders.KeyRing, time ?? TimeProvider.System);
            BackupReport report = restoration.Restore(parsed.GetRequiredValue(file), parsed.GetValue(force), cancellationToken);
            parsed.InvocationConfiguration.Error.WriteLine(
                $"Access keys that were revoked after {report.Created:yyyy-MM-dd HH:mm:ss} UTC are valid again. Before the service starts, look at 'keys list' and 'keys revoke' them anew.");
            say(report, output => Print(output, report));
            return 0;
        });
    }

    private static void Print(TextWriter console, BackupReport report)
    {
        console.WriteLine($"{report.DataFolder} is as it was at {report.Created:yyyy-MM-dd HH:mm:ss} UTC; release '{report.LiveRelease}' is live.");
        if (report.MovedAside is not null)
            console.WriteLine($"What was there before is in {report.MovedAside}.");
        if (report.KeyRing is not null)
            console.WriteLine($"The keys were added to '{report.KeyRing}'.");
        if (report.Policies is not null)
            console.WriteLine($"The policies of then are in {report.Policies}: 'policy diff' compares them with those in force, 'policy apply' puts them in force.");
    }
}
