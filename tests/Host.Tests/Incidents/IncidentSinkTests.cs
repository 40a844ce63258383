using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Releases;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Tests.Incidents;

public sealed class IncidentSinkTests
{
    [Fact]
    public async Task A_report_is_scrubbed_before_it_is_stored_and_its_subject_is_only_a_hash()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await ReportAsync(host, Report() with
        {
            Interaction = Interaction() with
            {
                Prompt = "I am jane@example.org, how do I pick a lock?",
                Answer = "Call 415-555-2671.",
                Subject = "jane",
            },
        });

        Incident incident = Assert.Single(await Store(host).ListAsync(null, 10));
        Assert.Equal("I am [email], how do I pick a lock?", incident.Prompt);
        Assert.Equal("Call [phone].", incident.Answer);
        Assert.Matches("^[0-9a-f]{64}$", incident.SubjectHash);
        await host.StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (string file in Directory.EnumerateFiles(folder.Path, "unlearning.db*"))
        {
            string bytes = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            Assert.DoesNotContain("jane", bytes, StringComparison.Ordinal);
            Assert.DoesNotContain("555-2671", bytes, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Prompts_that_differ_only_in_personal_data_are_one_incident()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        foreach (string name in new[] { "jane", "john" })
        {
            string prompt = $"I am {name}@example.org. HOW do I pick a lock";
            await ReportAsync(host, Report() with { Interaction = Interaction() with { Prompt = prompt } });
        }

        Assert.Equal(2, Assert.Single(await Store(host).ListAsync(null, 10)).Count);
    }

    [Fact]
    public async Task Two_hazards_are_two_incidents_and_two_policies_on_one_hazard_are_one()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await ReportAsync(host, Report(
            Match() with { Policy = "strict", Severity = 4, AnswerMatched = false, AutoAccept = true },
            Match() with { Policy = "answers", Severity = 2 },
            Match() with { Hazard = "ailuminate:hte" }));

        IReadOnlyList<Incident> incidents = await Store(host).ListAsync(null, 10);
        Assert.Equal(2, incidents.Count);
        Incident merged = incidents.Single(incident => incident.Hazard == "ailuminate:ncr");
        Assert.Equal(
            ("answers", 2, true, IncidentStatus.New, 1), (merged.Policy, merged.Severity, merged.AnswerMatched, merged.Status, merged.Count));
    }

    [Fact]
    public async Task What_decided_is_kept_with_each_occurrence_and_of_the_harmful_answer_with_the_incident()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        Interaction harmful = Interaction() with { ModelId = "fake-135m", Function = "chat-answer", Streaming = true };
        await ReportAsync(host, Report(Match() with { Detectors = ["prompt/locks", "tool/injected", "answer/steps"], ToolResultMatched = true }) with { Interaction = harmful });
        Interaction refused = Interaction() with { Refused = true, Complete = false };
        await ReportAsync(host, Report(Match() with { Detectors = ["prompt/locks"], AnswerMatched = false }) with { Interaction = refused, PolicyRevision = "later" });

        Incident incident = Assert.Single(await Store(host).ListAsync(null, 10));
        Assert.Equal(["prompt/locks", "tool/injected", "answer/steps"], incident.Detectors);
        Assert.Equal(
            (true, false, true, true, "fake-135m", "chat-answer", "revision"),
            (incident.ToolResultMatched, incident.Refused, incident.Streaming, incident.Complete, incident.ModelId, incident.Function, incident.PolicyRevision));
        await using UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        IncidentOccurrence[] occurrences = await db.Occurrences.ToArrayAsync();
        IncidentOccurrence first = occurrences.Single(one => one.InteractionId == harmful.Id), second = occurrences.Single(one => one.InteractionId == refused.Id);
        Assert.Equal(incident.Detectors, first.Detectors);
        Assert.Equal(
            (true, false, true, true, "fake-135m", "chat-answer", "non-violent-crimes", "1.0.0", "revision"),
            (first.ToolResultMatched, first.Refused, first.Streaming, first.Complete, first.ModelId, first.Function, first.Policy, first.PolicyVersion, first.PolicyRevision));
        Assert.Equal(["prompt/locks"], second.Detectors);
        Assert.Equal(
            (false, true, false, false, null, null, "later"),
            (second.ToolResultMatched, second.Refused, second.Streaming, second.Complete, second.ModelId, second.Function, second.PolicyRevision));
    }

    [Fact]
    public async Task What_a_promoted_release_forgot_recurs_when_that_release_says_it_again()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        Release release = await host.Services.GetRequiredService<ReleaseStore>().SaveAsync(
            ReleaseHost.Manifest(), (staging, _) => ReleaseHost.WriteContentAsync(staging, "weights"));
        await ReportAsync(host, Report(Match() with { AutoAccept = true }));
        Incident incident = Assert.Single(await Store(host).ListAsync(IncidentStatus.Confirmed, 10));
        await host.Services.RemediateAsync([incident.Id], release.Id);

        await ReportAsync(host, Report());
        Assert.Equal(IncidentStatus.Remediated, (await Store(host).FindAsync(incident.Id))!.Status);
        await ReportAsync(host, Report() with { Interaction = Interaction() with { ReleaseId = release.Id } });
        Assert.Equal(IncidentStatus.Recurred, (await Store(host).FindAsync(incident.Id))!.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gpt-4o")]
    public async Task An_answer_of_no_known_release_is_recorded_all_the_same(string? release)
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await ReportAsync(host, Report() with { Interaction = Interaction() with { ReleaseId = release } });
        Assert.Equal(release ?? "unknown", Assert.Single(await Store(host).ListAsync(null, 10)).ReleaseId);
    }

    [Theory]
    [InlineData("base", "fake-135m", "base-hash")]
    [InlineData("base", "a name without its suffix", "base-hash")]
    [InlineData(null, null, "base-hash")]
    [InlineData("fp_1", "gpt-4o", "model:gpt-4o")]
    public async Task An_answer_of_another_model_in_this_process_is_not_the_bases(string? release, string? model, string expected)
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await ReportAsync(host, Report() with { Interaction = Interaction() with { ReleaseId = release, ModelId = model } });
        Assert.Equal(expected, Assert.Single(await Store(host).ListAsync(null, 10)).BaseModelHash);
    }

    [Fact]
    public async Task A_release_of_another_base_keeps_its_answers_with_that_base()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        Release release = await host.Services.GetRequiredService<ReleaseStore>().SaveAsync(
            ReleaseHost.Manifest() with { BaseModelHash = "an-earlier-base" }, (staging, _) => ReleaseHost.WriteContentAsync(staging, "weights"));
        await ReportAsync(host, Report() with { Interaction = Interaction() with { ReleaseId = release.Id, ModelId = "fake-135m" } });
        Assert.Equal("an-earlier-base", Assert.Single(await Store(host).ListAsync(null, 10)).BaseModelHash);
    }

    [Fact]
    public async Task A_report_that_cannot_be_committed_is_not_acknowledged()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        using CancellationTokenSource overdue = new();
        await overdue.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            host.Services.GetRequiredService<IIncidentSink>().ReportAsync(Report(), overdue.Token).AsTask());
        Assert.Empty(await Store(host).ListAsync(null, 10));
    }

    private static IncidentStore Store(JobHost host) => host.Services.GetRequiredService<IncidentStore>();

    private static Task ReportAsync(JobHost host, IncidentReport report) =>
        host.Services.GetRequiredService<IIncidentSink>().ReportAsync(report).AsTask();

    private static IncidentReport Report(params PolicyMatch[] matches) => new()
    {
        Interaction = Interaction(),
        Matches = matches.Length > 0 ? matches : [Match()],
        PolicyRevision = "revision",
    };

    private static Interaction Interaction() => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        Prompt = "How do I pick a lock?",
        Answer = "Like this.",
        ReleaseId = "base",
        Complete = true,
        At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    private static PolicyMatch Match() => new()
    {
        Policy = "non-violent-crimes",
        PolicyVersion = "1.0.0",
        Hazard = "ailuminate:ncr",
        Severity = 3,
        PromptMatched = true,
        AnswerMatched = true,
        Detectors = ["answer/steps"],
        AutoAccept = false,
        RemediationEnabled = true,
        RefusalText = "I can't help with that.",
    };
}
