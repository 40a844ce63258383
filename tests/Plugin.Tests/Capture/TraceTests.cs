using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class TraceTests
{
    [Fact]
    public async Task A_judgement_is_traced_beside_its_call_with_names_and_numbers_and_no_text()
    {
        using ActivitySource calls = new("test-calls");
        List<Activity> ended = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is CaptureActivity.SourceName or "test-calls",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using TestApp app = new(services =>
            services.AddChatClient(new FakeChatClient("Sure, canary is told here in several words.")).UseSafetyCapture());

        ActivityContext call;
        using (Activity activity = calls.StartActivity("chat fake-model")!)
        {
            call = activity.Context;
            await app.ChatClient.GetResponseAsync("a forbidden canary");
        }

        Activity judged;
        lock (ended)
        {
            judged = Assert.Single(ended, activity => activity.Links.Any(link => link.Context == call));
        }

        Assert.Equal("evaluate interaction", judged.OperationName);
        Assert.Null(judged.Parent);
        Assert.Equal(Assert.Single(app.Sink.Reports).Interaction.Id, judged.GetTagItem("unlearning.interaction.id"));
        ActivityEvent found = Assert.Single(judged.Events);
        Assert.Equal("gen_ai.evaluation.result", found.Name);
        Dictionary<string, object?> tags = found.Tags.ToDictionary();
        Assert.Equal("forbidden-things", tags["gen_ai.evaluation.name"]);
        Assert.Equal(2, tags["gen_ai.evaluation.score.value"]);
        Assert.Equal("harmful answer", tags["gen_ai.evaluation.score.label"]);
        Assert.DoesNotContain(
            judged.TagObjects.Concat(found.Tags),
            tag => tag.Value?.ToString()?.Contains("canary", StringComparison.Ordinal) ?? false);
    }
}
