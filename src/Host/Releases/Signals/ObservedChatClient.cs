using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Host.Releases.Signals;

/// <summary>Counts the calls on a release. Neither a call that its caller cancelled nor a stream that was left early counts.</summary>
internal sealed class ObservedChatClient(IChatClient inner, ReleaseTally tally, TimeProvider time) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        long began = time.GetTimestamp();
        try
        {
            ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            bool empty = !response.Messages.SelectMany(message => message.Contents).Any(IsContent);
            tally.Answered(null, time.GetElapsedTime(began), empty);
            return response;
        }
        catch (Exception failure) when (!IsCancelled(failure, cancellationToken))
        {
            tally.Failed();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Only the model's time counts, not what the reader does between two updates.
        TimeSpan taken = TimeSpan.Zero;
        TimeSpan? first = null;
        IAsyncEnumerator<ChatResponseUpdate> updates =
            base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            while (true)
            {
                long began = time.GetTimestamp();
                bool more;
                try
                {
                    more = await updates.MoveNextAsync().ConfigureAwait(false);
                }
                catch (Exception failure) when (!IsCancelled(failure, cancellationToken))
                {
                    tally.Failed();
                    throw;
                }

                taken += time.GetElapsedTime(began);
                if (!more)
                {
                    tally.Answered(first, taken, empty: first is null);
                    yield break;
                }

                if (first is null && updates.Current.Contents.Any(IsContent))
                {
                    first = taken;
                }

                yield return updates.Current;
            }
        }
    }

    private static bool IsContent(AIContent content) => content switch
    {
        TextContent text => !string.IsNullOrEmpty(text.Text),
        UsageContent => false,
        _ => true,
    };

    private static bool IsCancelled(Exception failure, CancellationToken cancellationToken) =>
        failure is OperationCanceledException && cancellationToken.IsCancellationRequested;
}
