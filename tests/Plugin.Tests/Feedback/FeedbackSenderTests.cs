using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;
using Unlearning.Plugin.Tests.Transport;

namespace Unlearning.Plugin.Tests.Feedback;

public sealed class FeedbackSenderTests
{
    private static readonly AnswerFeedback _down = new()
    {
        Rating = UserRating.Down,
        ResponseId = "chatcmpl-1",
        Prompt = "the forbidden thing",
        Answer = "A harmful answer, in several words.",
        Reason = " They can write to jane.roe@example.org. ",
        Subject = "jane",
        Model = "my-model",
    };

    [Fact]
    public async Task A_thumbs_down_is_reported_under_the_policies_that_speak_of_it_scrubbed_and_confirms_nothing()
    {
        using TestApp app = new(_ => { });

        FeedbackReceipt receipt = await Sender(app).SendAsync(_down);

        IncidentReport report = Assert.Single(app.Sink.Reports);
        Assert.Equal(receipt.Id, report.Interaction.Id);
        Assert.Equal(receipt.Policies, report.Matches.Select(match => match.Policy));
        Assert.All(report.Matches, match => Assert.Equal((true, false), (match.AnswerMatched, match.AutoAccept)));
        Assert.NotEmpty(report.Matches);
        Assert.Equal(new UserFeedback(UserRating.Down, "They can write to [email]."), report.Feedback);
        Assert.Equal(("jane", "my-model", "chatcmpl-1"), (report.Interaction.Subject, report.Interaction.ModelId, report.Interaction.ResponseId));
    }

    [Fact]
    public async Task One_rating_of_one_answer_by_one_subject_counts_once_and_another_rating_or_subject_for_itself()
    {
        using TestApp app = new(_ => { });
        FeedbackSender sender = Sender(app);
        string? first = (await sender.SendAsync(_down)).Id;

        Assert.Equal(first, (await sender.SendAsync(_down with { Reason = "another" })).Id);
        Assert.NotEqual(first, (await sender.SendAsync(_down with { Rating = UserRating.Up })).Id);
        Assert.NotEqual(first, (await sender.SendAsync(_down with { Subject = "joe" })).Id);
        Assert.NotEqual((await sender.SendAsync(_down with { ResponseId = null })).Id, (await sender.SendAsync(_down with { ResponseId = null })).Id);
        Assert.Equal((await sender.SendAsync(_down with { Id = "7" })).Id, (await sender.SendAsync(_down with { Id = "7", ResponseId = "other" })).Id);
    }

    [Fact]
    public async Task What_no_policy_speaks_of_goes_to_the_Host_by_its_id_and_without_one_nowhere()
    {
        using TestApp app = new(_ => { });
        FeedbackReceipt byId = await Sender(app).SendAsync(new AnswerFeedback { Rating = UserRating.Down, ResponseId = "chatcmpl-1" });
        FeedbackReceipt bare = await Sender(app).SendAsync(new AnswerFeedback { Rating = UserRating.Down, Prompt = "hello", Answer = "No." });

        Assert.Equal((true, false), (byId.Id is not null, bare.Id is not null));
        Assert.Empty(Assert.Single(app.Sink.Reports).Matches);
    }

    [Fact]
    public async Task A_policy_may_be_named_and_only_one_there_is()
    {
        using TestApp app = new(_ => { });
        string policy = app.Services.GetRequiredService<IPolicySource>().Current.Policies[0].Name;
        AnswerFeedback unnoticed = new() { Rating = UserRating.Down, Prompt = "hello", Answer = "No." };

        Assert.Equal([policy], (await Sender(app).SendAsync(unnoticed with { Policy = policy })).Policies);
        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(() => Sender(app).SendAsync(unnoticed with { Policy = "none" }));
        Assert.Contains(policy, unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Sender(app).SendAsync(new AnswerFeedback { Rating = UserRating.Up }));
        await Assert.ThrowsAsync<ArgumentException>(() => Sender(app).SendAsync(_down with { Reason = new string('x', 2001) }));
    }

    [Fact]
    public async Task It_reaches_a_Host_elsewhere_through_the_spool()
    {
        using TemporaryFolder folder = new();
        JsonNode? sent = null;
        FakeHost host = new() { Answer = (_, records) => { sent ??= records[0]!.DeepClone(); return null; } };
        await using (SinkUnderTest app = new(folder.Path, host))
        {
            await new FeedbackSender(app.Sink, new TestPolicies(), TimeProvider.System).SendAsync(new AnswerFeedback { Rating = UserRating.Up, ResponseId = "chatcmpl-1" });
        }

        Assert.Equal(("chatcmpl-1", "up", 0), ((string)sent!["response_id"]!, (string)sent["feedback"]!["rating"]!, sent["matches"]!.AsArray().Count));
    }

    private static FeedbackSender Sender(TestApp app) => app.Services.GetRequiredService<FeedbackSender>();
}
