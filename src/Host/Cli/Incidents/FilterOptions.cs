using System.CommandLine;
using System.Globalization;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The options that say which incidents are meant.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string?> _status = new("--status")
    {
        Description = "Only incidents that stand there: new, confirmed, dismissed, remediated or recurred.",
        HelpName = "STATUS",
    };

    private readonly Option<string?> _hazard = new("--hazard")
    {
        Description = "Only incidents of this hazard, with or without its taxonomy: ailuminate:ncr, ncr.",
        HelpName = "HAZARD",
    };

    private readonly Option<string?> _policy = new("--policy") { Description = "Only incidents that this policy decided.", HelpName = "POLICY" };

    private readonly Option<int?> _severity = new("--severity") { Description = "Only incidents at least so severe: 0 to 4.", HelpName = "N" };

    private readonly Option<string?> _assignee = new("--assignee")
    {
        Description = $"Only incidents of this person; '{IncidentFilter.Me}' for your own, '{IncidentFilter.Nobody}' for those that are nobody's.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _overdue = new("--overdue") { Description = "Only new incidents that wait longer than their policy wants (review.sla_hours)." };

    private readonly Option<TimeSpan?> _since = Duration.Option("--since", "Only incidents seen since so long ago: 30m, 24h, 7d. All when left out.");

    /// <summary>Adds them to a command.</summary>
    public FilterOptions(Command command)
    {
        _status.AcceptOnlyFromAmong([.. StatusWord.All]);
        _severity.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int severity) || severity > 4))
                result.AddError($"--severity is '{result.Tokens[0].Value}'. Write a number from 0 to 4.");
        });
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_status, _hazard, _policy, _severity, _assignee, _overdue, _since];

    /// <summary>The filter that was typed.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="time">Tells what "since" counts back from.</param>
    public IncidentFilter Read(ParseResult parsed, TimeProvider time) => new()
    {
        Status = parsed.GetValue(_status) is { } word ? StatusWord.Parse(word) : null,
        Hazard = parsed.GetValue(_hazard),
        Policy = parsed.GetValue(_policy),
        Severity = parsed.GetValue(_severity),
        Assignee = parsed.GetValue(_assignee),
        Overdue = parsed.GetValue(_overdue),
        Since = parsed.GetValue(_since) is { } span ? time.GetUtcNow() - span : null,
    };
}
