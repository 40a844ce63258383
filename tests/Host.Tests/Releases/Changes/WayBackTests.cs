using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.Changes;

public sealed class WayBackTests
{
    [Fact]
    public async Task After_a_restart_and_after_a_rollback_the_next_rollback_loads_nothing_either()
    {
        using TemporaryFolder folder = new();
        (string first, string second) = await TwoLiveAsync(folder.Path);

        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        WayBack back = host.Services.GetRequiredService<WayBack>();
        await back.WarmAsync();
        await back.WarmAsync();
        Assert.Equal([second, first], host.Model.Loaded);
        Assert.Equal(first, (await host.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
        Assert.Equal([second, first], host.Model.Loaded);

        await back.WarmAsync();
        Assert.Equal([second, first, Release.BaseId], host.Model.Loaded);
        Assert.Equal(Release.BaseId, (await host.Promoter.RollbackAsync(Actor.Local, "and back")).ReleaseId);
        await back.WarmAsync();
        Assert.Equal([second, first, Release.BaseId], host.Model.Loaded);
        Assert.Equal("I am base", await host.AskAsync());
        Assert.Equal([second], host.Model.Freed);
    }

    [Fact]
    public async Task What_is_promoted_or_rolled_back_while_the_way_back_loads_wins()
    {
        using TemporaryFolder folder = new();
        (string first, string second) = await TwoLiveAsync(folder.Path);
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        string third = (await host.SaveAsync("third", parent: second)).Id;

        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Model.Gate = gate.Task;
        Task warming = host.Services.GetRequiredService<WayBack>().WarmAsync();
        host.Model.Gate = Task.CompletedTask;
        await host.Promoter.PromoteAsync(third, "a newer one");
        gate.SetResult();
        await warming;

        // The release before is the one that was live a moment ago, and what was loaded in vain is freed.
        Assert.Equal([first], host.Model.Freed);
        int loaded = host.Model.Loaded.Count;
        Assert.Equal(second, (await host.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
        Assert.Equal(loaded, host.Model.Loaded.Count);
        Assert.Equal($"I am {second}", await host.AskAsync());
    }

    [Fact]
    public async Task A_way_back_that_cannot_be_loaded_costs_nothing_but_itself()
    {
        using TemporaryFolder folder = new();
        (string first, string second) = await TwoLiveAsync(folder.Path);
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        await File.WriteAllTextAsync(Path.Combine(host.Store.Verify(first).Folder, "report.md"), "changed");

        await host.Services.GetRequiredService<WayBack>().WarmAsync();
        Assert.Equal($"I am {second}", await host.AskAsync());
        await Assert.ThrowsAsync<ReleaseException>(() => host.Promoter.RollbackAsync(Actor.Local, "back"));
        Assert.Equal($"I am {second}", await host.AskAsync());
    }

    [Fact]
    public async Task The_service_keeps_the_way_back_warm_by_itself()
    {
        using TemporaryFolder folder = new();
        (string first, string second) = await TwoLiveAsync(folder.Path);
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        await Loaded(second, first);
        Promoter promoter = host.Services.GetRequiredService<Promoter>();
        await promoter.RollbackAsync(Actor.Local, "back");
        await Loaded(second, first, Release.BaseId);

        Task Loaded(params string[] releases) => JobHost.Eventually(() => Task.FromResult(host.Model.Loaded.SequenceEqual(releases)));
    }

    private static async Task<(string First, string Second)> TwoLiveAsync(string folder)
    {
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder);
        string first = (await host.SaveAsync("first")).Id, second = (await host.SaveAsync("second", parent: first)).Id;
        await host.Promoter.PromoteAsync(first, "one");
        await host.Promoter.PromoteAsync(second, "two");
        Assert.Equal(ServingStatus.Serving, host.State.Status);
        return (first, second);
    }
}
