using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class UncapturedServicesTests
{
    [Fact]
    public async Task A_service_registered_after_capture_is_warned_of_at_the_start_by_name_and_key_with_the_fix()
    {
        using IHost app = Build(services =>
        {
            services.AddKeyedSingleton<IChatCompletionService>("late", (_, _) => new FakeChatCompletionService("answer"));
            services.AddSingleton<IChatClient>(new FakeChatClient("answer"));
            services.AddKeyedScoped<IChatClient, ScopedChatClient>("scoped");
        });
        await app.StartAsync();

        string[] warnings = [.. Warnings(app.Services).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["FakeChatClient was", "FakeChatCompletionService with the key 'late' was", "ScopedChatClient with the key 'scoped' was"],
            warnings.Select(warning => warning[..(warning.IndexOf("was", StringComparison.Ordinal) + 3)]));
        Assert.All(warnings, warning => Assert.Contains("Call AddUnlearning after it", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_captures_in_its_own_pipeline_or_is_decorated_by_a_second_call_is_not_warned_of()
    {
        using IHost app = Build(services =>
        {
            services.AddChatClient(new FakeChatClient("answer")).UseFunctionInvocation().UseSafetyCapture();
            services.AddSingleton<IChatCompletionService>(provider => provider.GetRequiredService<IChatClient>().AsChatCompletionService(provider));
        });
        await app.StartAsync();
        Assert.Empty(Warnings(app.Services));

        using IHost twice = Build(services =>
        {
            services.AddSingleton<IChatClient>(new FakeChatClient("answer"));
            services.AddUnlearning(TestApp.Configure());
        });
        await twice.StartAsync();
        Assert.Empty(Warnings(twice.Services));
    }

    [Fact]
    public async Task A_service_that_nothing_came_after_is_not_made()
    {
        bool made = false;
        using IHost early = Build(_ => { }, services => services.AddSingleton<IChatClient>(_ =>
        {
            made = true;
            return new FakeChatClient("answer");
        }));
        await early.StartAsync();
        Assert.False(made);
    }

    [Fact]
    public async Task A_service_that_cannot_be_made_changes_no_start_and_is_named_once_without_its_text_and_the_others_are_looked_at()
    {
        using IHost app = Build(services =>
        {
            services.AddSingleton<IChatClient>(_ => throw new InvalidOperationException("no model for sk-secret"));
            services.AddKeyedSingleton<IChatClient>("broken", (_, _) => throw new TimeoutException("no model for sk-secret"));
            services.AddKeyedSingleton<IChatCompletionService>("late", (_, _) => new FakeChatCompletionService("answer"));
        });
        await app.StartAsync();
        app.Services.GetRequiredService<UncapturedServices>().Look(app.Services);

        FakeLogRecord[] unseen = [.. app.Services.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Name == "ServiceNotSeen")];
        Assert.Equal(
            [
                "IChatClient, registered after AddUnlearning, could not be made (InvalidOperationException)",
                "IChatClient with the key 'broken', registered after AddUnlearning, could not be made (TimeoutException)",
            ],
            unseen.Select(record => record.Message[..(record.Message.IndexOf(')', StringComparison.Ordinal) + 1)]));
        Assert.All(unseen, record => Assert.Equal((LogLevel.Warning, null), (record.Level, record.Exception)));
        Assert.DoesNotContain(app.Services.GetFakeLogCollector().GetSnapshot(), record => record.Message.Contains("sk-secret", StringComparison.Ordinal));
        Assert.StartsWith("FakeChatCompletionService with the key 'late'", Assert.Single(Warnings(app.Services)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bare_kernel_warns_once_at_its_first_function()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddLogging(logging => logging.AddFakeLogging());
        builder.Services.AddSingleton<IPolicySource, TestPolicies>();
        builder.AddUnlearning(TestApp.Configure());
        builder.Services.AddKeyedSingleton<IChatCompletionService>("late", (_, _) => new FakeChatCompletionService("answer"));
        Kernel kernel = builder.Build();
        Assert.Empty(Warnings(kernel.Services));

        await kernel.InvokePromptAsync("hello");
        await kernel.InvokePromptAsync("hello");

        Assert.Single(Warnings(kernel.Services));
    }

    private static IHost Build(Action<IServiceCollection> after, Action<IServiceCollection>? before = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        builder.Services.AddSingleton<IPolicySource, TestPolicies>();
        before?.Invoke(builder.Services);
        builder.Services.AddUnlearning(TestApp.Configure());
        after(builder.Services);
        return builder.Build();
    }

    private static IEnumerable<string> Warnings(IServiceProvider services) =>
        services.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Name == "ServiceNotCaptured").Select(record => record.Message);

    private sealed class ScopedChatClient() : DelegatingChatClient(new FakeChatClient("answer"));
}
