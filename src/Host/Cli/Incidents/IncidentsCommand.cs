using System.CommandLine;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The <c>incidents</c> verb.</summary>
internal static class IncidentsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="input">Where keys, comments and subjects are read from; the console when null.</param>
    /// <param name="time">Tells what "since" counts back from.</param>
    /// <param name="loggers">Where it is logged that text was shown; standard error, by the service's settings, when null.</param>
    public static Command Create(
        IReadOnlyDictionary<string, string?>? overrides = null, TextReader? input = null, TimeProvider? time = null, ILoggerFactory? loggers = null)
    {
        DeskSettings settings = new(overrides, input, time ?? TimeProvider.System, loggers);
        return new Command(
            "incidents",
            """
            Finds and reviews incidents, and erases what one person said.

            Examples:
              incidents review
              incidents list --status new
              incidents show 019a2c4e
              incidents confirm 019a2c4e
              incidents dismiss 019a2c4e
              incidents subject-hash user-7
              incidents erase --subject HASH --dry

            Exit codes: 0 done, 1 error.
            """)
        {
            WalkCommand.Create(settings),
            ListCommand.Create(settings),
            ShowCommand.Create(settings),
            ReviewCommand.Confirm(settings),
            ReviewCommand.Dismiss(settings),
            ReviewCommand.Reopen(settings),
            ReviewCommand.Assign(settings),
            CommentCommand.Create(settings),
            SubjectHashCommand.Create(settings),
            EraseCommand.Create(settings),
        };
    }

    /// <summary>An incident's id.</summary>
    public static Argument<string> Id() => new("id") { Description = "The incident's id, or an unambiguous beginning of it." };
}
