using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class SinkFailureTests
{
    private const string Secret = "forbidden-canary";
    private const string Answer = "An answer of more than a few words.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sink_that_throws_costs_the_incident_but_never_the_answer(bool streaming)
    {
        using TestApp app = AppWith(_ => { });
        app.Sink.OnReport = _ => throw new InvalidOperationException($"cannot store '{Secret}'");
        using MetricCollector<long> failures = Failures(app);

        Assert.Equal(Answer, await AskAsync(app, streaming));

        FakeLogRecord warning = Assert.Single(app.Logs.GetSnapshot(), record => record.Level == LogLevel.Warning);
        Assert.Contains("InvalidOperationException", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, warning.Message, StringComparison.Ordinal);
        Assert.Null(warning.Exception);
        Assert.Equal("sink", Assert.Single(failures.GetMeasurementSnapshot()).Tags["unlearning.stage"]);
    }

    [Fact]
    public async Task A_sink_that_hangs_is_given_up()
    {
        FakeTimeProvider time = new();
        using TestApp app = AppWith(services => services.AddSingleton<TimeProvider>(time));
        app.Sink.OnReport = _ => new TaskCompletionSource().Task;
        using MetricCollector<long> failures = Failures(app);

        Task<string> answer = AskAsync(app, streaming: false);
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal(Answer, await answer);
        Assert.Equal(1, Assert.Single(failures.GetMeasurementSnapshot()).Value);
    }

    [Fact]
    public async Task Policies_that_throw_cost_the_judgement_but_never_the_answer()
    {
        Mock<IPolicySource> policies = new();
        policies.Setup(source => source.Current).Throws(new TimeoutException($"stuck on '{Secret}'"));
        using TestApp app = AppWith(services => services.AddSingleton(policies.Object));

        Assert.Equal(Answer, await AskAsync(app, streaming: false));

        FakeLogRecord warning = Assert.Single(app.Logs.GetSnapshot(), record => record.Level == LogLevel.Warning);
        Assert.Equal("JudgingFailed", warning.Id.Name);
        Assert.DoesNotContain(Secret, warning.Message, StringComparison.Ordinal);
    }

    private static TestApp AppWith(Action<IServiceCollection> register) => new(services =>
    {
        services.AddSingleton<IMeterFactory, TestMeterFactory>();
        services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
        register(services);
    });

    private static MetricCollector<long> Failures(TestApp app) =>
        new(app.Services.GetRequiredService<IMeterFactory>(), CaptureMetrics.MeterName, "unlearning.capture.failures");

    private static async Task<string> AskAsync(TestApp app, bool streaming) => streaming
        ? (await app.ChatClient.GetStreamingResponseAsync(Secret.Replace('-', ' ')).ToChatResponseAsync()).Text
        : (await app.ChatClient.GetResponseAsync(Secret.Replace('-', ' '))).Text;
}
