using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Unlearning.Host.Api.Wire;
using Unlearning.Host.Releases;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Api;

/// <summary>
/// <c>POST /v1/chat/completions</c>: asks the application's chat client, which captures, and answers whole or as a stream. A client that
/// goes away cancels the generation.
/// </summary>
internal sealed partial class ChatCompletionsEndpoint(
    IChatClient client, IBaseModel model, IOptions<ApiOptions> options, TimeProvider time, ILogger<ChatCompletionsEndpoint> logger)
{
    private readonly ChatCompletionRequestReader _reader = new(options.Value, model.Name);

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            ChatCompletionRequest request = await ReadAsync(http).ConfigureAwait(false);
            string interactionId = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
            using (CaptureContext.Begin(request.Subject, interactionId))
            {
                string id = CompletionId.Of(interactionId);
                await (request.Stream ? StreamAsync(http, request, id) : CompleteAsync(http, request, id)).ConfigureAwait(false);
            }
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer; whatever was under way has been cancelled.
        }
#pragma warning disable CA1031 // The protocol has its own form for every error.
        catch (Exception failure) when (!http.Response.HasStarted)
#pragma warning restore CA1031
        {
            Log(failure);
            await ApiErrors.WriteAsync(http, failure).ConfigureAwait(false);
        }
    }

    private async Task<ChatCompletionRequest> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            throw new ApiException(
                StatusCodes.Status415UnsupportedMediaType, "Send the request as JSON, with 'Content-Type: application/json'.");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.MaximumBodyBytes;
        }

        using JsonDocument body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted).ConfigureAwait(false);
        return _reader.Read(body.RootElement);
    }

    private async Task CompleteAsync(HttpContext http, ChatCompletionRequest request, string id)
    {
        ChatResponse response = await client.GetResponseAsync(request.Messages, request.Options, http.RequestAborted).ConfigureAwait(false);
        Choice choice = new(0, new AssistantMessage("assistant", response.Text), FinishReason(response.FinishReason));
        ChatCompletion completion = new(id, Now(), model.Name, [choice])
        {
            SystemFingerprint = ReleaseOf(response.AdditionalProperties),
            Usage = Usage.From(response.Usage),
        };
        await http.Response.WriteAsJsonAsync(completion, WireJson.Options, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task StreamAsync(HttpContext http, ChatCompletionRequest request, string id)
    {
        CancellationToken aborted = http.RequestAborted;
        await using IAsyncEnumerator<ChatResponseUpdate> updates =
            client.GetStreamingResponseAsync(request.Messages, request.Options, aborted).GetAsyncEnumerator(aborted);

        // The model speaks first: while nothing is sent, a model that cannot answer still gets its proper status.
        bool more = await updates.MoveNextAsync().ConfigureAwait(false);
        ChatCompletionChunk chunk = new(id, Now(), model.Name, [])
        {
            SystemFingerprint = more ? ReleaseOf(updates.Current.AdditionalProperties) : null,
        };
        ServerSentEvents events = new(http.Response);
        await events.StartAsync().ConfigureAwait(false);
        try
        {
            await events.WriteAsync(With(chunk, new Delta("assistant", string.Empty)), aborted).ConfigureAwait(false);
            ChatFinishReason? reason = null;
            UsageDetails? usage = null;
            for (; more; more = await updates.MoveNextAsync().ConfigureAwait(false))
            {
                reason = updates.Current.FinishReason ?? reason;
                usage = updates.Current.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
                if (updates.Current.Text is { Length: > 0 } text)
                {
                    await events.WriteAsync(With(chunk, new Delta(Content: text)), aborted).ConfigureAwait(false);
                }
            }

            await events.WriteAsync(With(chunk, new Delta(), FinishReason(reason)), aborted).ConfigureAwait(false);
            if (request.IncludeUsage && Usage.From(usage) is { } counted)
            {
                await events.WriteAsync(chunk with { Usage = counted }, aborted).ConfigureAwait(false);
            }

            await events.WriteDoneAsync(aborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The status is sent: the error goes into the stream, which then ends without [DONE].
        catch (Exception failure) when (!aborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log(failure);
            await events.WriteAsync(ApiErrors.Describe(failure).Body, aborted).ConfigureAwait(false);
        }
    }

    private static ChatCompletionChunk With(ChatCompletionChunk chunk, Delta delta, string? finishReason = null) =>
        chunk with { Choices = [new ChunkChoice(0, delta, finishReason)] };

    // Clients reject any other reason, and null. An answer that ended without saying why has stopped.
    private static string FinishReason(ChatFinishReason? reason) =>
        reason == ChatFinishReason.Length ? "length"
        : reason == ChatFinishReason.ContentFilter ? "content_filter"
        : reason == ChatFinishReason.ToolCalls ? "tool_calls"
        : "stop";

    private static string? ReleaseOf(AdditionalPropertiesDictionary? properties) =>
        properties?.GetValueOrDefault(ModelSlot.ReleaseKey) as string;

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    // Only failures of ours, and of those the type and the place, not the message: one deep in generation may quote the conversation.
    private void Log(Exception failure)
    {
        if (ApiErrors.Describe(failure).Status == StatusCodes.Status500InternalServerError)
        {
            LogFailed(failure.GetType().Name, failure.StackTrace);
        }
    }

    [LoggerMessage(
        EventId = 5001,
        EventName = "CompletionFailed",
        Level = LogLevel.Error,
        Message = "A completion failed with {ExceptionType}.\n{StackTrace}")]
    private partial void LogFailed(string exceptionType, string? stackTrace);
}
