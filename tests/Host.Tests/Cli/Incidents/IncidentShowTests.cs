using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Runs;

namespace Unlearning.Host.Tests.Cli.Incidents;

public sealed class IncidentShowTests
{
    private static readonly IncidentObservation _decided = Observe.Harmful("f") with
    {
        PolicyVersion = "1.4.0",
        PolicyRevision = "abc123",
        Detectors = ["prompt/break-in", "tool/injected", "answer/steps"],
        ToolResultMatched = true,
        Streaming = true,
        Complete = true,
        ModelId = "smol",
        Function = "chat-answer",
    };

    [Fact]
    public async Task The_trail_tells_what_decided_what_the_caller_got_and_what_it_was_seen_with()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(_decided with { InteractionId = "one" });
        await cli.RecordAsync(_decided with { InteractionId = "two", ReleaseLineage = ["r1", "base"], Function = null, Refused = true, At = _decided.At.AddHours(1) });

        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}", "--json"));
        JsonNode details = cli.Json, decision = details["decision"]!;
        Assert.Equal(
            ("non-violent-crimes", "1.4.0", "abc123", true, true, true, true, "smol", "r1"),
            ((string)decision["policy"]!, (string)decision["policyVersion"]!, (string)decision["policyRevision"]!, (bool)decision["toolResultMatched"]!,
                (bool)decision["refused"]!, (bool)decision["streaming"]!, (bool)decision["complete"]!, (string)decision["model"]!, (string)decision["release"]!));
        Assert.Equal(["prompt/break-in", "tool/injected", "answer/steps"], decision["detectors"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(["base 1", "r1 1"], details["releases"]!.AsArray().Select(seen => $"{seen!["name"]} {seen["count"]}"));
        Assert.Equal(["chat-answer 1"], details["functions"]!.AsArray().Select(seen => $"{seen!["name"]} {seen["count"]}"));
        Assert.Equal(["two True", "one False"], details["latest"]!.AsArray().Select(one => $"{one!["interaction"]} {(bool)one["refused"]!}"));
        Assert.Equal(2, (int)details["count"]!);

        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}"));
        foreach (string line in new[]
        {
            "policy       non-violent-crimes 1.4.0, revision abc123", "prompt       matched: prompt/break-in", "tool result  matched: tool/injected",
            "answer       matched: answer/steps", "caller got   the policy's refusal, streamed", "releases     base (1 x), r1 (1 x)",
            "seen         2 x, first 2026-03-01 12:00, last 2026-03-01 13:00 UTC",
        })
            Assert.Contains(line, cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_is_only_a_length_unless_it_is_asked_for_and_that_is_logged_without_it()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(_decided with { Answer = "first\u001b[2J\nsecond" });
        foreach (string[] masked in (string[][])[["show", $"{incident.Id}"], ["show", $"{incident.Id}", "--json"]])
        {
            Assert.Equal(0, await cli.RunAsync(masked));
            Assert.DoesNotContain("prompt of f", cli.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("second", cli.Output, StringComparison.Ordinal);
        }

        Assert.Equal(16, (int)cli.Json["answerLength"]!);
        Assert.Empty(cli.Logged);

        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}", "--reveal"));
        Assert.Contains("  prompt of f", cli.Output, StringComparison.Ordinal);
        Assert.Contains("  first [2J", cli.Output, StringComparison.Ordinal);
        Assert.Contains("  second", cli.Output, StringComparison.Ordinal);
        string logged = Assert.Single(cli.Logged);
        Assert.Contains($"The text of incident {incident.Id} was shown", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("prompt of f", logged, StringComparison.Ordinal);

        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}", "--reveal", "--json"));
        Assert.Equal("prompt of f", (string)cli.Json["prompt"]!);
        Assert.Equal(2, cli.Logged.Count);
    }

    [Fact]
    public async Task An_id_may_be_its_beginning_and_one_that_is_unknown_or_ambiguous_is_an_error_that_says_so()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(Observe.Harmful("a"));
        string id = incident.Id.ToString();
        foreach (string named in new[] { id, id.ToUpperInvariant(), incident.Id.ToString("N"), id[..8], id[..9], id[..1] })
        {
            Assert.Equal(0, await cli.RunAsync("show", named, "--json"));
            Assert.Equal(id, (string)cli.Json["id"]!);
        }

        await cli.RecordAsync(Observe.Harmful("b"));
        Assert.Equal(1, await cli.RunAsync("show", id[..8]));
        Assert.Contains($"'{id[..8]}' is the beginning of 2 incidents: {id[..14]}", cli.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await cli.RunAsync("show", "ffff"));
        Assert.Contains("There is no incident whose id begins with 'ffff'", cli.Errors, StringComparison.Ordinal);
        foreach (string none in new[] { "", "-", "xyz", $"{id}0", "' OR 1=1 --" })
        {
            Assert.Equal(1, await cli.RunAsync("show", none));
            Assert.NotEmpty(cli.Errors);
            Assert.Empty(cli.Output);
        }
    }

    [Fact]
    public async Task It_says_what_is_missing_before_it_may_be_unlearned()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Assert.Empty(await MissingAsync(cli, Observe.Harmful("ready") with { AutoAccept = true }));
        Assert.Equal(["A reviewer has not confirmed it."], await MissingAsync(cli, Observe.Harmful("new")));
        Assert.Equal(
            ["No answer to it was judged harmful, so there is nothing to forget."],
            await MissingAsync(cli, Observe.Refused("refused") with { AutoAccept = true }));
        Assert.Equal(
            ["The policy 'non-violent-crimes' does not let it be unlearned (remediation.enabled)."],
            await MissingAsync(cli, Observe.Harmful("kept") with { AutoAccept = true, RemediationEnabled = false }));
        Assert.Equal(
            ["Another base model gave the answer."],
            await MissingAsync(cli, Observe.Harmful("named") with { AutoAccept = true, BaseModelHash = "model:gpt-4o" }));

        // From its first run on it is known which base the service unlearns from.
        IncidentObservation other = Observe.Harmful("other") with { AutoAccept = true, BaseModelHash = "another-base" };
        Assert.Empty(await MissingAsync(cli, other));
        (RunRecord run, _) = await cli.Store.Runs.StartAsync("the schedule", null);
        await cli.Store.Runs.SaveManifestAsync(run.RunId, $$"""{"BaseModelHash":"{{Observe.BaseHash}}"}""", []);
        Assert.Equal(["Another base model gave the answer."], await MissingAsync(cli, other));
        Assert.Empty(await MissingAsync(cli, Observe.Harmful("ready") with { AutoAccept = true }));
    }

    [Fact]
    public async Task It_names_the_runs_that_used_it_and_says_whose_data_was_erased()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(Observe.Harmful("f") with { AutoAccept = true });
        (RunRecord run, _) = await cli.Store.Runs.StartAsync("the schedule", null);
        await cli.Store.Runs.SaveManifestAsync(run.RunId, "{}", [incident.Id]);
        await cli.Store.Runs.AwaitApprovalAsync(run.RunId, new RunOutcome("pass", "r1", "It waits.") { State = RunState.AwaitingApproval });
        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}"));
        Assert.Contains("awaiting_approval  pass     r1", cli.Output, StringComparison.Ordinal);
        await cli.Store.Runs.CompleteAsync(run.RunId, new RunOutcome("pass", "r1", "Passed."));
        await cli.Store.Services.RemediateAsync([incident.Id], "r1");
        await cli.RecordAsync(Observe.Harmful("f") with { ReleaseLineage = ["r1", "base"] });

        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}"));
        Assert.Contains($"{run.RunId}  2026-03-01 12:00  completed  pass     r1", cli.Output, StringComparison.Ordinal);
        Assert.Contains("came back      1 x", cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("erased", cli.Output, StringComparison.Ordinal);

        await using UnlearningDbContext db = await cli.Store.Contexts.CreateDbContextAsync();
        db.Runs.Single().DataErasedAt = cli.Store.Clock.GetUtcNow();
        await db.SaveChangesAsync();
        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}"));
        Assert.Contains("data erased 2026-03-01 12:00: no longer reproducible", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_key_ring_show_names_its_folder_and_makes_none_and_list_needs_none()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        cli.Store.Services.GetRequiredService<TextProtector>().Check();
        Incident incident = await cli.RecordAsync(Observe.Harmful("f"));
        string ring = Path.Combine(cli.Store.Path, "keys");
        Directory.Move(ring, $"{ring}-elsewhere");

        Assert.Equal(1, await cli.RunAsync("show", $"{incident.Id}", "--reveal"));
        Assert.Contains(ring, cli.Errors, StringComparison.Ordinal);
        Assert.Empty(cli.Logged);
        Assert.Equal(0, await cli.RunAsync("list"));
        Assert.False(Directory.Exists(ring));
    }

    private static async Task<string[]> MissingAsync(IncidentCli cli, IncidentObservation observation)
    {
        Incident incident = await cli.RecordAsync(observation);
        Assert.Equal(0, await cli.RunAsync("show", $"{incident.Id}", "--json"));
        string[] missing = [.. cli.Json["unlearning"]!["missing"]!.AsArray().Select(one => (string)one!)];
        Assert.Equal(missing.Length == 0, (bool)cli.Json["unlearning"]!["may"]!);
        return missing;
    }
}
