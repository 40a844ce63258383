using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class BackgroundCaptureTests
{
    private const string Answer = "An answer of more than a few words.";

    private static readonly TimeSpan _enough = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_does_not_wait_for_its_incident(bool streaming)
    {
        using TestApp app = AppWith([]);
        TaskCompletionSource stored = new();
        app.Sink.OnReport = _ => stored.Task;

        Assert.Equal(Answer, streaming
            ? (await app.ChatClient.GetStreamingResponseAsync("forbidden").ToChatResponseAsync().WaitAsync(_enough)).Text
            : (await app.ChatClient.GetResponseAsync("forbidden").WaitAsync(_enough)).Text);

        Assert.Empty(app.Sink.Reports);
        stored.SetResult();
        await Recorder(app).FlushAsync().WaitAsync(_enough);
        Assert.Single(app.Sink.Reports);
    }

    [Fact]
    public async Task An_overloaded_sink_loses_the_least_severe_first_and_counts_them()
    {
        using TestApp app = AppWith(new() { ["ParallelReports"] = "1", ["QueueCapacity"] = "2" });
        using MetricCollector<long> shed = Shed(app);
        TaskCompletionSource stored = new(), taken = new();
        app.Sink.OnReport = async _ =>
        {
            taken.TrySetResult();
            await stored.Task;
        };

        await app.ChatClient.GetResponseAsync("forbidden, and the sink is stuck with it");
        await taken.Task.WaitAsync(_enough);
        foreach (string prompt in new[] { "forbidden 1", "grave matter 2", "forbidden 3", "grave matter 4" })
        {
            await app.ChatClient.GetResponseAsync(prompt);
            await app.JudgedAsync();
        }

        stored.SetResult();
        await Recorder(app).FlushAsync().WaitAsync(_enough);

        Assert.Equal(
            ["forbidden, and the sink is stuck with it", "grave matter 2", "grave matter 4"],
            app.Sink.Reports.Select(report => report.Interaction.Prompt));
        Assert.Equal(2, shed.GetMeasurementSnapshot().Count);
        Assert.All(shed.GetMeasurementSnapshot(), one =>
        {
            Assert.Equal("sink", one.Tags["unlearning.stage"]);
            Assert.Equal(2, one.Tags["unlearning.severity"]);
        });
        Assert.Single(app.Logs.GetSnapshot(), record => record.Id.Name == "Shedding");
    }

    [Fact]
    public async Task What_comes_faster_than_it_is_judged_is_shed_and_never_holds_up_a_call()
    {
        using ManualResetEventSlim go = new();
        PolicySet stuck = FixedPolicies.Of(new WaitingDetector(go), onPrompt: true, new EnforcementSpec("observe"));
        using TestApp app = AppWith(new() { ["QueueCapacity"] = "3" }, new FixedPolicies(stuck));
        using MetricCollector<long> shed = Shed(app);

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Answer, (await app.ChatClient.GetResponseAsync("hello").WaitAsync(_enough)).Text);
        }

        go.Set();
        await Recorder(app).FlushAsync().WaitAsync(_enough);

        Assert.Equal(3, app.Sink.Reports.Count);
        Assert.Equal(7, shed.GetMeasurementSnapshot().Sum(one => one.Value));
    }

    [Fact]
    public async Task Waiting_text_is_bounded_by_its_length_too()
    {
        using ManualResetEventSlim go = new();
        PolicySet stuck = FixedPolicies.Of(new WaitingDetector(go), onPrompt: true, new EnforcementSpec("observe"));
        using TestApp app = AppWith(new() { ["QueueCharacters"] = "65536" }, new FixedPolicies(stuck));
        using MetricCollector<long> shed = Shed(app);
        string large = new('x', 30_000);

        for (int i = 0; i < 4; i++)
        {
            await app.ChatClient.GetResponseAsync(large);
        }

        go.Set();
        await Recorder(app).FlushAsync().WaitAsync(_enough);
        Assert.Equal(3, shed.GetMeasurementSnapshot().Sum(one => one.Value));
        Assert.Single(app.Sink.Reports);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stopping_app_hands_on_what_it_captured(bool asynchronous)
    {
        TestApp app = AppWith([]);
        app.Sink.OnReport = _ => Task.Delay(5, CancellationToken.None);
        for (int i = 0; i < 100; i++)
        {
            await app.ChatClient.GetResponseAsync("forbidden");
        }

        InteractionRecorder recorder = Recorder(app);
        if (asynchronous)
        {
            await recorder.DisposeAsync();
        }

        app.Dispose();

        Assert.Equal(100, app.Sink.Reports.Count);
    }

    [Fact]
    public async Task A_stopping_app_does_not_wait_forever_and_says_what_it_left()
    {
        using TestApp app = AppWith(new() { ["DrainTimeout"] = "00:00:00.05" });
        app.Sink.OnReport = _ => new TaskCompletionSource().Task;
        await app.ChatClient.GetResponseAsync("forbidden");

        await Recorder(app).DisposeAsync();

        FakeLogRecord warning = Assert.Single(app.Logs.GetSnapshot(), record => record.Id.Name == "NotDrained");
        Assert.StartsWith("1 captured", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_incident_returns_when_the_app_stops_without_it()
    {
        using TestApp app = AppWith(new() { ["WaitForAcknowledgement"] = "true", ["DrainTimeout"] = "00:00:00.05", ["SinkTimeout"] = "00:05:00" });
        TaskCompletionSource reported = new();
        app.Sink.OnReport = _ =>
        {
            reported.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        Task<ChatResponse> call = app.ChatClient.GetResponseAsync("forbidden");
        await reported.Task.WaitAsync(_enough);

        await Recorder(app).DisposeAsync();

        Assert.Equal(Answer, (await call.WaitAsync(_enough)).Text);
    }

    [Fact]
    public async Task A_call_made_from_inside_the_pipeline_has_no_frame_of_the_first_caller()
    {
        using TestApp app = AppWith([]);
        string? seen = "nothing";
        app.Sink.OnReport = _ =>
        {
            seen = CaptureContext.Current?.Subject;
            return Task.CompletedTask;
        };
        using (CaptureContext.Begin("the first caller"))
        {
            await app.ChatClient.GetResponseAsync("forbidden");
        }

        await Recorder(app).FlushAsync().WaitAsync(_enough);
        Assert.Null(seen);
    }

    private static TestApp AppWith(Dictionary<string, string> capture, IPolicySource? policies = null) => new(
        services =>
        {
            services.AddSingleton<IMeterFactory, TestMeterFactory>();
            services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
            if (policies is not null)
            {
                services.AddSingleton(policies);
            }
        },
        capture.Prepend(new("WaitForAcknowledgement", capture.GetValueOrDefault("WaitForAcknowledgement", "false")))
            .DistinctBy(setting => setting.Key).ToDictionary(setting => $"Unlearning:Capture:{setting.Key}", setting => (string?)setting.Value));

    private static InteractionRecorder Recorder(TestApp app) => app.Services.GetRequiredService<InteractionRecorder>();

    private static MetricCollector<long> Shed(TestApp app) =>
        new(app.Services.GetRequiredService<IMeterFactory>(), CaptureMetrics.MeterName, "unlearning.capture.shed");

    private sealed class WaitingDetector(ManualResetEventSlim go) : TextDetector
    {
        public override bool Fires(JudgedText text) => go.Wait(_enough);
    }
}
