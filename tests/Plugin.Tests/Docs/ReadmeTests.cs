using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Docs;

public sealed class ReadmeTests
{
    private sealed record Builder(IServiceCollection Services, IConfiguration Configuration);

    [Fact]
    public async Task The_lines_for_an_app_capture_what_goes_through_its_model()
    {
        RecordingSink sink = new();
        FakeChatClient yourModel = new("A harmful answer, in several words.");
        Builder builder = new(new ServiceCollection(), TestApp.Configure());
        builder.Services.AddLogging().AddSingleton<IPolicySource, TestPolicies>().AddSingleton<IIncidentSink>(sink);

        builder.Services.AddUnlearning(builder.Configuration);
        builder.Services.AddChatClient(services => yourModel).UseKernelFunctionInvocation().UseSafetyCapture();
        builder.Services.AddKernel();

        await using ServiceProvider provider = builder.Services.BuildServiceProvider();
        await provider.GetRequiredService<Kernel>().InvokePromptAsync("the forbidden thing");
        Assert.Single(sink.Reports);
    }

    [Fact]
    public void The_README_shows_exactly_those_lines()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string shown = readme.Split("```csharp\n")[1].Split("```")[0];
        string here = File.ReadAllText(ThisFile()).Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.Contains(string.Concat(shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"        {line}\n")), here, StringComparison.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
