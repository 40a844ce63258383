using System.CommandLine;
using Unlearning.Host.Incidents.Review.Bulk;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The ids of incidents, or the options that mean all of a filter, and how many those must be.</summary>
internal sealed class BulkOptions
{
    private readonly Argument<string[]> _ids = new("ids") { Description = "Ids of incidents, or unambiguous beginnings of them.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _all = new("--all") { Description = "All incidents that fit the filter, in place of ids." };
    private readonly Option<int?> _expect = new("--expect") { Description = "How many they must be; if they are not, nothing is changed.", HelpName = "N" };
    private readonly Option<bool> _dry = new("--dry") { Description = "Only tells how many they are." };
    private readonly FilterOptions _filter;

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ofIds">An option of the command that goes with ids alone; null for none.</param>
    public BulkOptions(Command command, Option? ofIds = null)
    {
        command.Arguments.Add(_ids);
        foreach (Option option in (Option[])[_all, _expect, _dry])
            command.Options.Add(option);
        _filter = new FilterOptions(command);
        command.Validators.Add(result =>
        {
            // What was typed to limit a change must never be passed over: nobody asks for a dry run and means the real one.
            bool all = result.GetValue(_all);
            Option? stray = (all ? ofIds is null ? [] : [ofIds] : (Option[])[_dry, _expect, .. _filter.All])
                .FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (all == (result.GetValue(_ids) is { Length: > 0 }))
                result.AddError("Name incidents by their ids, or all of a filter with --all.");
            else if (stray is not null)
                result.AddError(all ? $"{stray.Name} goes with ids, not with --all. Name the incidents." : $"{stray.Name} goes with --all, not with ids. Leave it out.");
            else if (all && !result.GetValue(_dry) && result.GetValue(_expect) is null)
                result.AddError("--all needs --expect N, how many incidents it must be; --dry tells.");
        });
    }

    /// <summary>The ids; empty for a filter.</summary>
    public string[] Ids(ParseResult parsed) => parsed.GetValue(_ids) ?? [];

    /// <summary>The wish about all incidents of the filter.</summary>
    public BulkReview Wish(ParseResult parsed, BulkAction action, TimeProvider time, string? assignee, string? reason) =>
        new(action, _filter.Read(parsed, time), parsed.GetValue(_dry), parsed.GetValue(_expect), assignee, reason);
}
