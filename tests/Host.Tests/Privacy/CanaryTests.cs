using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Releases;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>Plants texts in every way into the service and searches everything that it leaves behind.</summary>
public sealed class CanaryTests
{
    private const string Mail = "canary.bird@example.org", Card = "4012 8888 8888 1881", Name = "Canaria Birdwhistle", Key = "sk-canary0123456789abcdefgh";
    private const string Sentence = "the violet heron sleeps at noon";
    private const string Said = $"Sure, {Sentence}: first write to {Mail}, then ask {Name}, pay with {Card} and use {Key} for all of it.";
    private const string Asked = $"forbidden: {Sentence}, {Mail}, {Name}, {Card}, {Key}";

    private const string Yaml = $$"""
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: 'test:forbidden'}
          applies: {to: [prompt, response]}
          detect:
            prompt: {terms: [forbidden]}
            answer:
              compliance: {threshold: 0.5, min_words: 5}
          severity: {default: 2}
          enforcement: {mode: warn}
          capture: {redact_names: [{{Name}}]}
          review:
            auto_accept: {severity_lte: 4}
          remediation: {enabled: true, refusal_text: No.}
        """;

    private static readonly string[] _personal = [Mail, Card, Name, Key];

    private readonly ConcurrentQueue<string> _measured = new();

    public enum Failing
    {
        Nothing,
        Policies,
        Sink,
    }

    [Theory]
    [InlineData(Failing.Nothing)]
    [InlineData(Failing.Policies)]
    [InlineData(Failing.Sink)]
    public async Task What_people_say_is_in_no_file_log_metric_or_activity(Failing failing)
    {
        using TemporaryFolder data = new(), policies = new();
        await File.WriteAllTextAsync(Path.Combine(policies.Path, "policy.yaml"), Yaml);
        using MeterListener meters = ListenToMeters();
        using ActivityListener activities = ListenToActivities();
        using IHost host = Build(data.Path, policies.Path, failing);
        await host.StartAsync();
        using (CaptureContext.Begin(Mail, new Dictionary<string, string> { ["contact"] = Said }))
            await CallInEveryWayAsync(host.Services);

        IncidentStore store = host.Services.GetRequiredService<IncidentStore>();
        IReadOnlyList<Incident> incidents = await store.ListAsync(null, 100);
        if (failing == Failing.Nothing)
        {
            // The text itself is kept, so that the search below means something.
            Incident incident = incidents.Single(kept => kept.Prompt == $"forbidden: {Sentence}, [email], [name], [card], [secret]");
            Assert.True(incident.Count >= 7);
            Assert.Contains(Sentence, incident.Answer, StringComparison.Ordinal);
            Assert.Equal(host.Services.GetRequiredService<Fingerprinter>().HashSubject(Mail), incident.SubjectHash);
            await ReviewAsync(host.Services, incident.Id);
        }

        Assert.All(incidents, incident => Assert.All(_personal, canary => Assert.DoesNotContain(canary, incident.Prompt + incident.Answer, StringComparison.OrdinalIgnoreCase)));
        Search(data.Path);
        FakeLogRecord[] records = [.. host.Services.GetFakeLogCollector().GetSnapshot()];
        await host.StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Search(data.Path);

        Assert.All(
            records.Where(record => record.Level > LogLevel.Trace && !IsSemanticKernels(record)),
            record => AssertClean($"{record.Category}: {record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])}"));
        Assert.NotEmpty(_measured);
        Assert.All(_measured, AssertClean);
    }

    // It logs a model's exception with its message, at times under the function's name; that is the app's own to switch off.
    private static bool IsSemanticKernels(FakeLogRecord record) =>
        record.Category is { } category && (category.StartsWith("Microsoft.SemanticKernel", StringComparison.Ordinal)
            || category.StartsWith("InvokePrompt", StringComparison.Ordinal));

    private static void Search(string folder) => EncryptionTests.AssertNowhere(folder, [.. _personal, Sentence]);

    private static void AssertClean(string text) =>
        Assert.All([.. _personal, Sentence], canary => Assert.DoesNotContain(canary, text, StringComparison.OrdinalIgnoreCase));

    // Reviewers quote what they read, and say why they do what they do.
    private static async Task ReviewAsync(IServiceProvider services, Guid incident)
    {
        IncidentDesk desk = ActivatorUtilities.CreateInstance<IncidentDesk>(services, Actor.System);
        await desk.CommentAsync($"{incident}", $"they wrote: {Said}", default);
        await desk.JudgeAsync([$"{incident}"], harmful: false, $"as {Mail} and {Card} said, {Key}", default);
        await desk.AssignAsync([$"{incident}"], "me", default);
        Assert.Contains(Sentence, (await desk.RevealAsync($"{incident}", $"to answer {Mail}", default)).Comments[0].Text, StringComparison.Ordinal);
        await desk.BulkAsync(new BulkReview(BulkAction.Reopen, new() { Status = IncidentStatus.Dismissed }, Expect: 1, Reason: $"for {Mail}"), default);
        await desk.CommentsAsync($"{incident}", default);
    }

    private static async Task CallInEveryWayAsync(IServiceProvider services)
    {
        Kernel kernel = services.GetRequiredService<Kernel>();
        IChatClient client = services.GetRequiredService<IChatClient>();
        IChatCompletionService completion = services.GetRequiredService<IChatCompletionService>();
        foreach (string prompt in new[] { Asked, $"{Asked} {CanaryModel.Fail}" })
        {
            await Survive(async () => await kernel.InvokePromptAsync(prompt));
            await Survive(() => Drain(kernel.InvokePromptStreamingAsync<string>(prompt)));
            await Survive(async () => await client.GetResponseAsync([new ChatMessage(ChatRole.System, Said), new ChatMessage(ChatRole.User, prompt)]));
            await Survive(() => Drain(client.GetStreamingResponseAsync(prompt)));
            await Survive(async () => await completion.GetChatMessageContentAsync(prompt));
            await Survive(() => Drain(completion.GetStreamingChatMessageContentsAsync(prompt)));
            Kernel tools = kernel.Clone();
            tools.ImportPluginFromFunctions("notes", [KernelFunctionFactory.CreateFromMethod((string about) => $"{about} forbidden {Said}", "read")]);
            await Survive(async () => await tools.InvokePromptAsync(prompt, new(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() })));
        }

        await Survive(async () => await services.GetRequiredService<FeedbackSender>().SendAsync(new AnswerFeedback
        {
            Rating = UserRating.Down,
            ResponseId = $"{Mail}: {Sentence}",
            Prompt = $"rated, {Asked}",
            Answer = Said,
            Reason = Said,
            Subject = Mail,
            Id = $"{Mail}: {Sentence}",
        }));
        await Survive(async () => await services.GetRequiredService<UnlearningFunctions>().ReportIncidentAsync($"reported, {Asked}", Said, Said, "forbidden-things"));
    }

    // What fails is the app's own to handle.
    private static async Task Survive(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (InvalidOperationException)
        {
        }
        catch (KernelException)
        {
        }
    }

    private static async Task Drain<T>(IAsyncEnumerable<T> stream)
    {
        await foreach (T _ in stream)
        {
        }
    }

    private static IHost Build(string data, string policies, Failing failing)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Unlearning:DataDirectory"] = data,
            ["Unlearning:Policies:Directory"] = policies,
            ["Unlearning:Schedule:Cron"] = ScheduleOptions.Off,
            ["Unlearning:Capture:WaitForAcknowledgement"] = "true",
        });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        IServiceCollection services = builder.Services;
        FakeModel model = new();
        services.AddSingleton<IBaseModel>(model);
        services.AddSingleton<IReleaseLoader>(model);
        services.AddSingleton<IRunPipeline, FakePipeline>();
        services.AddUnlearningStorage(builder.Configuration).AddUnlearningReleases();
        services.AddUnlearning(builder.Configuration);
        services.AddUnlearningIncidents(builder.Configuration).AddUnlearningSchedule(builder.Configuration);
        services.AddUnlearningFunctions(builder.Configuration);
        services.AddChatClient(new CanaryModel(Said)).UseKernelFunctionInvocation().UseSafetyCapture();
        services.AddSingleton(provider => provider.GetRequiredService<IChatClient>().AsChatCompletionService(provider));
        services.AddKernel();
        if (failing == Failing.Policies)
            services.Replace(ServiceDescriptor.Singleton<IPolicySource, FailingPolicies>());
        if (failing == Failing.Sink)
            services.Replace(ServiceDescriptor.Singleton<IIncidentSink, FailingSink>());
        return builder.Build();
    }

    private MeterListener ListenToMeters()
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == CaptureMetrics.MeterName)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Note(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Note(tags));
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => Note(tags));
        listener.Start();
        return listener;
    }

    private void Note(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
            _measured.Enqueue($"{tag.Key}={tag.Value}");
    }

    private ActivityListener ListenToActivities()
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = source => !source.Name.StartsWith("Microsoft.SemanticKernel", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _measured.Enqueue(
                $"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} "
                + string.Join(' ', activity.Events.SelectMany(happened => happened.Tags))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class FailingPolicies : IPolicySource
    {
        public PolicySet Current => throw new InvalidOperationException($"cannot judge '{Asked}' and '{Said}'");

        public bool Healthy => false;

        public IReadOnlyList<string> Errors => [];
    }

    private sealed class FailingSink : IIncidentSink
    {
        public ValueTask ReportAsync(IncidentReport report, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException($"cannot keep '{report.Interaction.Prompt}' and '{Asked}' and '{Said}'");
    }
}
