using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Cli.Releases;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Releases;

namespace Unlearning.Host.Tests.Cli.Releases;

public sealed class ReleasesCommandTests
{
    [Fact]
    public async Task States_and_changes_are_words_on_the_screen_and_in_JSON()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true, runs: true);
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        Release release = await host.Services.GetRequiredService<ReleaseStore>().SaveAsync(
            ReleaseHost.Manifest(), (staging, _) => ReleaseHost.WriteContentAsync(staging, "weights"));
        await host.Services.GetRequiredService<Promoter>().PromoteAsync(release.Id, "passed");

        Assert.Equal("live", Json(await RunAsync(host, "list", "--json")).GetProperty("releases")[0].GetProperty("state").GetString());
        Assert.Equal("rolledBack", Json(await RunAsync(host, "rollback", "--reason", "it answers oddly", "--json")).GetProperty("action").GetString());
        JsonElement shown = Json(await RunAsync(host, "show", release.Id, "--json"));
        Assert.Equal("rolledBack", shown.GetProperty("state").GetString());
        Assert.Equal(["promoted", "rolledBack"], shown.GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));

        VerbRun screen = await RunAsync(host, "show", release.Id);
        Assert.Contains("state     rolled back", screen.Output, StringComparison.Ordinal);
        Assert.Contains($"rolled back from {release.Id} to base", screen.Output, StringComparison.Ordinal);
        Assert.Contains("live: the base model, unmodified", (await RunAsync(host, "list")).Output, StringComparison.Ordinal);
        VerbRun twice = await RunAsync(host, "rollback", "--reason", "again");
        Assert.Equal((1, ""), (twice.Code, twice.Output));
        Assert.Contains("The base model is live", twice.Errors, StringComparison.Ordinal);
    }

    private static JsonElement Json(VerbRun run)
    {
        Assert.True(run.Code == 0, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static Task<VerbRun> RunAsync(ApiHost host, params string[] arguments) =>
        VerbRun.OfAsync(ReleasesCommand.Create(), [.. arguments, "--url", host.Http.BaseAddress!.ToString()]);
}
