using CsCheck;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class SeverityBacklogTests
{
    [Fact]
    public void What_is_shed_is_never_more_severe_than_what_stays_and_nothing_is_lost_or_doubled() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 4].Array[0, 40]).Sample((capacity, severities) =>
        {
            using SeverityBacklog<Item> backlog = new(capacity);
            List<Item> waiting = [], shed = [];
            for (int i = 0; i < severities.Length; i++)
            {
                Item item = new(i, severities[i]);
                waiting.Add(item);
                if (backlog.Add(item, item.Severity) is { } gone)
                {
                    Assert.True(waiting.Remove(gone));
                    Assert.All(waiting, stays => Assert.True(stays.Severity >= gone.Severity));
                    shed.Add(gone);
                }
            }

            Assert.Equal(Math.Min(capacity, severities.Length), backlog.Count);
            Assert.Equal(severities.Length, waiting.Count + shed.Count);
            Item[] served = [.. waiting.OrderByDescending(item => item.Severity).ThenBy(item => item.Place)];
            Assert.All(served, item =>
            {
                ValueTask<Item> taken = backlog.TakeAsync(CancellationToken.None);
                Assert.True(taken.IsCompletedSuccessfully);
                Assert.Equal(item, taken.Result);
            });
            Assert.Equal(0, backlog.Count);
        });

    private sealed record Item(int Place, int Severity);
}
