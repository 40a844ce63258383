using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Incidents;

namespace Unlearning.Host.Tests.Cli.Incidents;

public sealed class IncidentWalkTests
{
    [Fact]
    public async Task Single_keys_judge_assign_comment_and_step_and_text_is_masked_until_it_is_revealed()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Guid[] ids = await RecordAsync(cli, 4);
        cli.Input = "?\nc\nn\np\na\nm quoted words\nr\nd\nq\n";
        Assert.Equal(0, await cli.RunAsync("review"));

        Assert.Equal(
            [IncidentStatus.Confirmed, IncidentStatus.Dismissed, IncidentStatus.New, IncidentStatus.New],
            await Task.WhenAll(ids.Select(async id => (await cli.Store.Incidents.FindAsync(id))!.Status)));
        Assert.Equal(Actor.System.Name, (await cli.Store.Incidents.FindAsync(ids[1]))!.Assignee);
        Assert.Contains("1 of 4", cli.Output, StringComparison.Ordinal);
        Assert.Contains("1 confirmed, 1 dismissed, 2 left", cli.Output, StringComparison.Ordinal);
        Assert.Single(Revealed(cli));
        Assert.Contains("  prompt of f1", cli.Output, StringComparison.Ordinal);
        Assert.Contains("  quoted words", cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("prompt of f0", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_takes_back_step_after_step_as_if_it_had_not_been()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Guid[] ids = await RecordAsync(cli, 2);
        cli.Input = "u\na\nc\nd\nu\nu\nu\nu\n";
        Assert.Equal(0, await cli.RunAsync("review"));

        Assert.All(await Task.WhenAll(ids.Select(id => cli.Store.Incidents.FindAsync(id))), one =>
            Assert.Equal((IncidentStatus.New, null, null), (one!.Status, one.Assignee, one.ConfirmedAt)));
        Assert.Contains("nothing to undo", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undoing_a_contradiction_of_what_a_policy_accepted_confirms_it_again()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(Observe.Harmful("f") with { AutoAccept = true });
        cli.Input = "d\n";
        Assert.Equal(0, await cli.RunAsync("review", "--status", "confirmed"));
        Assert.Equal(IncidentStatus.Dismissed, (await cli.Store.Incidents.FindAsync(incident.Id))!.Status);

        await cli.RecordAsync(Observe.Harmful("g") with { AutoAccept = true });
        cli.Input = "d\nu\nq\n";
        Assert.Equal(0, await cli.RunAsync("review", "--status", "confirmed"));
        Assert.Single(await cli.Store.Incidents.ListAsync(IncidentStatus.Confirmed, 10));
    }

    [Fact]
    public async Task The_end_of_the_input_ends_it_and_an_empty_filter_says_so()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Assert.Equal(0, await cli.RunAsync("review", "--hazard", "hte"));
        Assert.Contains("no incidents (status=new hazard=hte)", cli.Output, StringComparison.Ordinal);
        await RecordAsync(cli, 1);
        Assert.Equal(0, await cli.RunAsync("review"));
        Assert.Contains("0 confirmed, 0 dismissed, 1 left", cli.Output, StringComparison.Ordinal);
    }

    private static async Task<Guid[]> RecordAsync(IncidentCli cli, int count)
    {
        List<Guid> ids = [];
        for (int i = 0; i < count; i++)
            ids.Add((await cli.RecordAsync(Observe.Harmful($"f{i}") with { At = cli.Store.Clock.GetUtcNow().AddMinutes(-i) })).Id);
        return [.. ids];
    }

    private static AuditEvent[] Revealed(IncidentCli cli) =>
        [.. cli.Store.Services.GetRequiredService<AuditLog>().Read(100).Select(entry => entry.Event).Where(one => one.Action == "incident.reveal")];
}
