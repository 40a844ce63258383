using Microsoft.Extensions.AI;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Tests.Releases.Changes;

/// <summary>The short form of the soak whose figures the benchmarks give.</summary>
public sealed class SwapSoakTests
{
    [Fact]
    public async Task A_hundred_swaps_and_canaries_under_sixteen_streams_drop_no_answer_and_mix_none()
    {
        const int Swaps = 100, Streams = 16;
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        host.Model.Stream.SetResult();
        string first = (await host.SaveAsync("first")).Id, second = (await host.SaveAsync("second", parent: first)).Id;
        using CancellationTokenSource done = new();
        Task<HashSet<string>>[] streams = [.. Enumerable.Range(0, Streams).Select(stream => Task.Run(async () =>
        {
            HashSet<string> releases = [];
            for (int i = 0; i == 0 || !done.IsCancellationRequested; i++)
            {
                string text = "";
                HashSet<string> served = [];
                await foreach (ChatResponseUpdate update in host.Slot.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, $"{stream} {i}")]))
                {
                    text += update.Text;
                    served.Add((string)update.AdditionalProperties![ModelSlot.ReleaseKey]!);
                    await Task.Yield();
                }

                Assert.Equal($"I am {Assert.Single(served)}", text);
                releases.UnionWith(served);
            }

            return releases;
        }))];

        for (int i = 0; i < Swaps; i += 4)
        {
            await host.Promoter.PromoteAsync(first, "one");
            await host.Promoter.StartCanaryAsync(new Promotion(second, Actor.Local, "try"), 0.5);
            await host.Promoter.EndCanaryAsync(promote: true, Actor.Local, "it did well", host.Slot.CanaryReleaseId!);
            await host.Promoter.RollbackAsync(Actor.Local, "back");
        }

        await done.CancelAsync();
        HashSet<string>[] served = await Task.WhenAll(streams);
        Assert.All(served, releases => Assert.NotEmpty(releases));
        Assert.Equal($"I am {first}", await host.AskAsync());
    }
}
