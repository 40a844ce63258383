using System.Text.Json.Nodes;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Incidents;

namespace Unlearning.Host.Tests.Cli.Incidents;

public sealed class IncidentReviewTests
{
    [Theory]
    [InlineData("confirm", IncidentStatus.Confirmed)]
    [InlineData("dismiss", IncidentStatus.Dismissed)]
    public async Task A_judgement_is_stored_beside_the_service_and_may_be_repeated(string verb, IncidentStatus expected)
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident first = await cli.RecordAsync(Observe.Harmful("a")), second = await cli.RecordAsync(Observe.Harmful("b"));

        Assert.Equal(0, await cli.RunAsync(verb, $"{first.Id}", $"{second.Id}", $"{second.Id:N}"));
        Assert.All([first, second], one => Assert.Contains($"{one.Id}  {expected}{Environment.NewLine}", cli.Output, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2, (await cli.Store.Incidents.ListAsync(expected, 10)).Count);

        Assert.Equal(0, await cli.RunAsync(verb, $"{first.Id}", "--json"));
        Assert.Equal(0, (int)cli.Json["changed"]!);
        Assert.Equal("It was so before.", (string)Assert.Single(cli.Json["incidents"]!.AsArray())!["note"]!);
    }

    [Fact]
    public async Task What_is_not_changed_is_told_with_the_reason_and_the_others_are_changed()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident open = await cli.RecordAsync(Observe.Harmful("open")), done = await cli.RecordAsync(Observe.Harmful("done") with { AutoAccept = true });
        await cli.Store.Services.RemediateAsync([done.Id], "r1");
        Incident back = await cli.RecordAsync(Observe.Harmful("back") with { AutoAccept = true });
        await cli.Store.Services.RemediateAsync([back.Id], "r1");
        await cli.RecordAsync(Observe.Harmful("back") with { ReleaseLineage = ["r1", "base"] });

        Assert.Equal(1, await cli.RunAsync("dismiss", $"{done.Id}", "ffff", $"{open.Id}", $"{back.Id}", $"{open.Id}"[..4]));

        Assert.Contains($"{done.Id}  not changed, remediated: It was judged before, and release r1", cli.Output, StringComparison.Ordinal);
        Assert.Contains("ffff  not changed: There is no incident whose id begins with 'ffff'", cli.Output, StringComparison.Ordinal);
        Assert.Contains($"{back.Id}  not changed, recurred: It was judged before, and came back", cli.Output, StringComparison.Ordinal);
        Assert.Contains("is the beginning of 3 incidents", cli.Output, StringComparison.Ordinal);
        Assert.Contains($"{open.Id}  dismissed{Environment.NewLine}", cli.Output, StringComparison.Ordinal);
        Assert.Equal(IncidentStatus.Dismissed, (await cli.Store.Incidents.FindAsync(open.Id))!.Status);
        Assert.Equal(IncidentStatus.Remediated, (await cli.Store.Incidents.FindAsync(done.Id))!.Status);
        Assert.Equal(IncidentStatus.Recurred, (await cli.Store.Incidents.FindAsync(back.Id))!.Status);
    }

    [Fact]
    public async Task Confirming_what_no_run_can_take_says_why()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident refused = await cli.RecordAsync(Observe.Refused("f"));
        Assert.Equal(0, await cli.RunAsync("confirm", $"{refused.Id}", "--json"));
        JsonNode line = Assert.Single(cli.Json["incidents"]!.AsArray())!;
        Assert.Equal((true, "confirmed"), ((bool)line["changed"]!, (string)line["status"]!));
        Assert.Contains("nothing to forget", (string)line["note"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_id_nothing_is_reviewed()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        await cli.RecordAsync(Observe.Harmful("f"));
        Assert.Equal(1, await cli.RunAsync("confirm"));
        Assert.Single(await cli.Store.Incidents.ListAsync(IncidentStatus.New, 10));
    }
}
