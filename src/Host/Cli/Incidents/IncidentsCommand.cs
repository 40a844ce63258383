using System.CommandLine;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The <c>incidents</c> verb.</summary>
internal static class IncidentsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="input">Where a subject is read from that is not an argument; the console when null.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TextReader? input = null) => new(
        "incidents",
        """
        Finds and erases what one person said.

        Examples:
          incidents subject-hash user-7
          incidents erase --subject HASH --dry

        Exit codes: 0 done, 1 error.
        """)
    {
        SubjectHashCommand.Create(overrides, input),
        EraseCommand.Create(overrides),
    };
}
