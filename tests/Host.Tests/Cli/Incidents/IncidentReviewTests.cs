using System.Text.Json.Nodes;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Incidents.Review;
using Unlearning.Host.Tests.Storage;

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
        JsonNode again = Assert.Single(cli.Json["incidents"]!.AsArray())!;
        Assert.Equal((false, false, null), ((bool)again["changed"]!, (bool)again["problem"]!, (string?)again["note"]));
        Assert.Equal(0, await cli.RunAsync(verb, $"{first.Id}"));
        Assert.Equal($"{first.Id}  {StatusWord.Of(expected)} already{Environment.NewLine}", cli.Output);
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

    [Theory]
    [InlineData("--dry")]
    [InlineData("--expect", "1")]
    [InlineData("--status", "new")]
    [InlineData("--hazard", "ncr")]
    [InlineData("--policy", "non-violent-crimes")]
    [InlineData("--severity", "0")]
    [InlineData("--assignee", "nobody")]
    [InlineData("--since", "7d")]
    public async Task What_limits_a_filter_is_refused_beside_ids_and_nothing_is_judged(params string[] stray)
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(Observe.Harmful("f"));

        Assert.Equal(1, await cli.RunAsync(["confirm", $"{incident.Id}", .. stray]));

        Assert.Contains($"{stray[0]} goes with --all", cli.Errors, StringComparison.Ordinal);
        Assert.Single(await cli.Store.Incidents.ListAsync(IncidentStatus.New, 10));
    }

    [Fact]
    public async Task To_take_back_ones_own_judgement_of_a_whole_filter_is_refused_and_everybodys_stays()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(Observe.Harmful("f"));
        await cli.Store.DeskOf("alice").JudgeAsync(incident.Id, harmful: true);

        Assert.Equal(1, await cli.RunAsync("reopen", "--all", "--own", "--status", "confirmed", "--expect", "1"));

        Assert.Contains("--own goes with ids", cli.Errors, StringComparison.Ordinal);
        Assert.Equal("alice", Assert.Single((await cli.Store.DeskOf("alice").ShowAsync($"{incident.Id}", default)).Judgements).By);
    }

    [Fact]
    public async Task Names_that_the_policies_list_are_replaced_in_what_a_reviewer_writes()
    {
        using TemporaryFolder folder = new();
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        cli.Policies = folder.Path;
        string whole = await File.ReadAllTextAsync(Path.Combine(HomeFolder.Find(), "policies", "non-violent-crimes.yaml"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "non-violent-crimes.yaml"), whole.Replace("  enforcement:", "  capture: {redact_names: [Jane Doe]}\n  enforcement:", StringComparison.Ordinal));
        Incident incident = await cli.RecordAsync(Observe.Harmful("f"));

        cli.Input = "It was JANE DOE who asked.";
        Assert.Equal(0, await cli.RunAsync("comment", $"{incident.Id}"));
        Assert.Equal(0, await cli.RunAsync("dismiss", $"{incident.Id}", "--reason", "Jane Doe is harmless"));
        Assert.Equal(0, await cli.RunAsync("reopen", "--all", "--status", "dismissed", "--expect", "1", "--reason", "Jane Doe is not"));
        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}", "--reveal", "--reason", "for Jane Doe"));

        Assert.Contains("It was [name] who asked.", cli.Output, StringComparison.Ordinal);
        string audit = await File.ReadAllTextAsync(Path.Combine(cli.Store.Path, "audit.jsonl"));
        Assert.Equal(3, audit.Split("[name]").Length - 1);
        Assert.DoesNotContain("Jane Doe", audit, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task While_a_policys_file_is_broken_nothing_of_it_is_judged_and_the_file_is_named()
    {
        using TemporaryFolder folder = new();
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        cli.Policies = folder.Path;
        string file = Path.Combine(folder.Path, "non-violent-crimes.yaml");
        string whole = await File.ReadAllTextAsync(Path.Combine(HomeFolder.Find(), "policies", "non-violent-crimes.yaml"));
        Incident incident = await cli.RecordAsync(Observe.Harmful("f"));

        await File.WriteAllTextAsync(file, $"{whole}\n  review: [");
        foreach (string[] verb in (string[][])[["confirm", $"{incident.Id}"], ["confirm", "--all", "--expect", "1"], ["dismiss", $"{incident.Id}"]])
        {
            Assert.Equal(1, await cli.RunAsync(verb));
            Assert.Contains(file, cli.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}"));
        Assert.Single(await cli.Store.Incidents.ListAsync(IncidentStatus.New, 10));

        await File.WriteAllTextAsync(file, whole);
        Assert.Equal(0, await cli.RunAsync("confirm", $"{incident.Id}"));
        Assert.Single(await cli.Store.Incidents.ListAsync(IncidentStatus.Confirmed, 10));
    }
}
