using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Storage;
using Unlearning.Host.Storage.Backups;

namespace Unlearning.Host.Cli.Backups;

/// <summary>The <c>backup</c> verb.</summary>
internal static class BackupCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">Dates the backup.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null)
    {
        Option<string> to = new("--to") { Description = "A folder, in which the file is named by its date, or a new file that ends in .tar.gz.", HelpName = "PATH", Required = true };
        Command command = new(
            "backup",
            """
            Copies the data folder, the key ring and the policies into one file, beside the running service or without one. The file is read back
            before it gets its name. It holds the keys that the texts in it are encrypted with: keep it as you would keep the texts.

            Examples:
              backup --to backups
              backup --to backups/before-upgrade.tar.gz
              backup --to backups --json

            Exit codes: 0 written, 1 error.
            """)
        {
            to,
        };
        return Verb.WithJson(command, (parsed, say, cancellationToken) =>
        {
            ConfiguredFolders folders = ConfiguredFolders.Read(overrides);
            DataFolder data = StoredData.Folder(folders.Data);
            if (!StoredData.HasStore(data))
                parsed.InvocationConfiguration.Error.WriteLine($"'{data.Path}' has no store (unlearning.db): incidents, runs and access keys are not in this backup.");
            Backup backup = new(data, folders.KeyRing, folders.Policies, time ?? TimeProvider.System);
            BackupReport report = backup.Write(parsed.GetRequiredValue(to), new TenthsOnScreen(parsed.InvocationConfiguration.Error), cancellationToken);
            say(report, output => Print(output, report));
            return 0;
        });
    }

    private static void Print(TextWriter console, BackupReport report)
    {
        console.WriteLine($"{report.File}: {Amount.Of(report.Files, "file")}, {report.Bytes} bytes; release '{report.LiveRelease}' is live in it.");
        if (report.KeyRing is not null)
            console.WriteLine($"The key ring is in it, too, from '{report.KeyRing}'.");
    }
}
