using Spectre.Console;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>What tells incidents apart at a glance.</summary>
internal static class IncidentCell
{
    /// <summary>Where an incident stands.</summary>
    public static Cell Status(IncidentStatus status) => new(StatusWord.Of(status), status switch
    {
        IncidentStatus.New => Color.Yellow,
        IncidentStatus.Recurred => Color.Red,
        IncidentStatus.Remediated => Color.Green,
        IncidentStatus.Dismissed => Color.Grey,
        _ => null,
    });

    /// <summary>A severity.</summary>
    public static Cell Severity(int severity) => new($"{severity}", severity >= 3 ? Color.Red : null);
}
