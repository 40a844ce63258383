using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;

namespace Unlearning.Engine.Inference;

/// <summary>
/// One release of the local model as an <see cref="IChatClient"/>: the shared base with this release's adapter. Thread-safe.
/// Disposing it disposes the adapter, not the engine.
/// </summary>
/// <remarks>
/// Honoured of <see cref="ChatOptions"/>: Instructions, MaxOutputTokens, Temperature, TopP, TopK, Seed (a random one where it is null),
/// StopSequences, FrequencyPenalty, PresencePenalty, and of its AdditionalProperties min_p, repetition_penalty, logprobs (true) and
/// top_logprobs (0 to 20). The rest, tools and response formats among it, has no meaning for this model and is ignored. With logprobs,
/// the response (when streaming: the last update) carries a list of <see cref="TokenLogProbability"/> as AdditionalProperties["logprobs"].
/// </remarks>
/// <param name="engine">The shared engine.</param>
/// <param name="adapter">The release's adapter, owned by this client; null for the base.</param>
public sealed class LlamaChatClient(LlamaEngine engine, LoraAdapter? adapter) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("unlearning", null, engine.Name);

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        (GenerationSequence sequence, ChannelReader<string> shown) = Start(messages, options, cancellationToken);
        await foreach (string _ in shown.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            // The whole text is taken from the sequence at the end.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, sequence.Text))
        {
            ModelId = engine.Name,
            FinishReason = Reason(sequence),
            Usage = Usage(sequence),
            AdditionalProperties = Details(sequence),
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A consumer that stops reading disposes this iterator: that must free the sequence's place in the batch too.
        using CancellationTokenSource abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (GenerationSequence sequence, ChannelReader<string> shown) = Start(messages, options, abandoned.Token);
        bool complete = false;
        try
        {
            await foreach (string text in shown.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return new ChatResponseUpdate(ChatRole.Assistant, text) { ModelId = engine.Name };
            cancellationToken.ThrowIfCancellationRequested();
            complete = true;
        }
        finally
        {
            if (!complete)
                await abandoned.CancelAsync().ConfigureAwait(false);
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(Usage(sequence))])
        {
            ModelId = engine.Name,
            FinishReason = Reason(sequence),
            AdditionalProperties = Details(sequence),
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        return serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // On the engine thread, because a step of an abandoned chat may still be using the tensors.
        if (adapter is not null)
            engine.Release(adapter);
    }

    private static ChatFinishReason Reason(GenerationSequence sequence) =>
        sequence.Finished == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;

    private static UsageDetails Usage(GenerationSequence sequence) => new()
    {
        InputTokenCount = sequence.Prompt.Length,
        OutputTokenCount = sequence.Output.Count,
        TotalTokenCount = sequence.Prompt.Length + sequence.Output.Count,
    };

    private static AdditionalPropertiesDictionary? Details(GenerationSequence sequence) =>
        sequence.Settings.LogProbabilities is null ? null : new() { ["logprobs"] = sequence.LogProbabilities };

    private (GenerationSequence Sequence, ChannelReader<string> Shown) Start(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatTurn> turns = [.. messages.Select(message => new ChatTurn(message.Role.Value, message.Text))];
        if (!string.IsNullOrEmpty(options?.Instructions))
            turns.Insert(0, new ChatTurn(ChatRole.System.Value, options.Instructions));
        if (turns.Count == 0)
            throw new ArgumentException("The conversation is empty: send at least one message.", nameof(messages));

        return engine.Chat(turns, adapter, ChatSettings.From(options), cancellationToken);
    }
}
