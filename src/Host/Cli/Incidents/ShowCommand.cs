using System.CommandLine;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents show</c>.</summary>
internal static partial class ShowCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides, ILoggerFactory? loggers)
    {
        Argument<string> id = new("id") { Description = "The incident's id, or an unambiguous beginning of it." };
        Option<bool> reveal = new("--reveal") { Description = "Prints prompt and answer, too, which is logged with the incident's id." };
        Option<bool> json = PolicyCommand.Json();
        Command command = new(
            "show",
            """
            Shows everything that is stored about an incident: which policy at which version and revision decided, which detectors fired, what
            the caller got, what it was seen with and how often, whether it may be unlearned, and the runs that used it. Of what people said
            only the length is shown, unless --reveal asks for it. It only reads, and may run beside the service.

            Examples:
              incidents show 019a2c4e
              incidents show 019a2c4e --reveal
              incidents show 019a2c4e --json

            Exit codes: 0 shown, 1 error, such as an id that is unknown or ambiguous.
            """)
        {
            id, reveal, json,
        };
        command.SetAction((parsed, cancellationToken) => PolicyCommand.RunAsync(parsed, async () =>
        {
            ConfiguredFolders configured = ConfiguredFolders.Read(overrides);
            DataFolder data = StoredData.Folder(configured.Data);
            await using UnlearningDbContext db = await ReadOnlyStore.OpenAsync(data, configured.KeyRing, cancellationToken).ConfigureAwait(false);
            Guid found = await IncidentIds.ResolveAsync(db, parsed.GetRequiredValue(id), cancellationToken).ConfigureAwait(false);
            db.Protector!.CheckOnly();
            if (parsed.GetValue(reveal))
                Log(overrides, loggers, found);
            IncidentDetails details = await IncidentTrail.ReadAsync(db, data, found, parsed.GetValue(reveal), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                PolicyJson.Write(parsed.InvocationConfiguration.Output, details);
            else
                IncidentText.Write(parsed.InvocationConfiguration.Output, details);
            return 0;
        }));
        return command;
    }

    // Before the text is shown, and by the service's settings, but never among what is printed.
    private static void Log(IReadOnlyDictionary<string, string?>? overrides, ILoggerFactory? loggers, Guid incident)
    {
        using ILoggerFactory? own = loggers is not null ? null : LoggerFactory.Create(logging => logging
            .AddConfiguration(UnlearningHost.CreateBuilder(overrides).Configuration.GetSection("Logging"))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        LogRevealed((loggers ?? own!).CreateLogger("Unlearning.Host.Incidents"), incident);
    }

    [LoggerMessage(
        EventId = 2005, EventName = "IncidentRevealed", Level = LogLevel.Warning, Message = "The text of incident {IncidentId} was shown on a terminal.")]
    private static partial void LogRevealed(ILogger logger, Guid incidentId);
}
