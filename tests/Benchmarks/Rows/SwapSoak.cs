using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.AI;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Changes;
using Unlearning.Plugin.Serving;

namespace Unlearning.Benchmarks.Rows;

/// <summary>
/// Swaps releases under streams that never end. A swap is all of it: the release is verified and loaded, the journal flushed, the slot
/// swapped. Three take turns, because the one before the live one is kept in memory and would not be loaded. What is measured is every wait of a stream, for its first update or for its next one.
/// </summary>
internal sealed class SwapSoak(ModelSlot slot, Promoter promoter, Func<int, string> prompt, ChatOptions options)
{
    private readonly ConcurrentQueue<SoakWait> _waits = new();
    private int _answers, _mixed;

    /// <summary>Runs the soak.</summary>
    /// <param name="releases">Saved releases that take turns, 3 or more.</param>
    /// <param name="swaps">How often to swap.</param>
    /// <param name="streams">How many streams run at a time.</param>
    /// <param name="rest">Time between two swaps, in which waits without a swap are measured.</param>
    /// <exception cref="InvalidOperationException">An answer failed, or was not of one release.</exception>
    public async Task<SoakOutcome> RunAsync(IReadOnlyList<string> releases, int swaps, int streams, TimeSpan rest)
    {
        using CancellationTokenSource done = new();
        Task[] running = [.. Enumerable.Range(0, streams).Select(stream => Task.Run(() => StreamAsync(stream, done.Token)))];
        List<(long Begin, long End)> intervals = [];
        for (int i = 0; i < swaps; i++)
        {
            await Task.Delay(rest).ConfigureAwait(false);
            long begin = Stopwatch.GetTimestamp();
            await promoter.PromoteAsync(new Promotion(releases[i % releases.Count], Actor.Local, "soak")).ConfigureAwait(false);
            intervals.Add((begin, Stopwatch.GetTimestamp()));
        }

        await done.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        return _mixed == 0
            ? SoakOutcome.Of([.. _waits], intervals, _answers)
            : throw new InvalidOperationException($"{_mixed} of {_answers} answers were of more than one release.");
    }

    private async Task StreamAsync(int stream, CancellationToken done)
    {
        for (int i = 0; !done.IsCancellationRequested; i++)
        {
            HashSet<object?> releases = [];
            bool isFirst = true;
            long began = Stopwatch.GetTimestamp();
            ChatMessage[] messages = [new(ChatRole.User, prompt((stream * 1_000_000) + i))];
            await foreach (ChatResponseUpdate update in slot.GetStreamingResponseAsync(messages, options, CancellationToken.None).ConfigureAwait(false))
            {
                _waits.Enqueue(new SoakWait(began, Stopwatch.GetTimestamp(), isFirst));
                isFirst = false;
                releases.Add(update.AdditionalProperties?[ModelSlot.ReleaseKey]);

                // A client that marks its updates shows whether the slot named the right one.
                if (update.AuthorName is { } author)
                    releases.Add(author);
                began = Stopwatch.GetTimestamp();
            }

            Interlocked.Increment(ref _answers);
            if (releases.Count != 1)
                Interlocked.Increment(ref _mixed);
        }
    }
}
