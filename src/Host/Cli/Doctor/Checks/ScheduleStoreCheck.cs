using Unlearning.Host.Storage.Backups;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the schedule's database is whole.</summary>
internal sealed class ScheduleStoreCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "schedule store";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        string file = Path.Combine(installation.Folders.Data, "quartz.db");
        return Task.FromResult(
            !File.Exists(file) ? Finding.Ok("There is none yet; the first start makes it.")
            : DatabaseFile.Damage(file, quick: !installation.Full) is { } damage
                ? Finding.Problem($"'{file}' is damaged: {damage}", "Stop the service and move the file away: the next start makes it anew from the settings.")
            : Finding.Ok($"'{file}' is whole."));
    }
}
