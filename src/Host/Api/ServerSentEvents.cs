using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Unlearning.Host.Api.Wire;

namespace Unlearning.Host.Api;

/// <summary>Writes a response as server-sent events, each flushed as it is written.</summary>
internal sealed class ServerSentEvents(HttpResponse response)
{
    private static readonly ReadOnlyMemory<byte> Prefix = "data: "u8.ToArray();
    private static readonly ReadOnlyMemory<byte> End = "\n\n"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> DoneEvent = "data: [DONE]\n\n"u8.ToArray();

    /// <summary>Sends the status and headers.</summary>
    public Task StartAsync()
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return response.StartAsync(response.HttpContext.RequestAborted);
    }

    /// <summary>Sends one event.</summary>
    public async Task WriteAsync<T>(T value, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options);
        await response.Body.WriteAsync(Prefix, cancellationToken).ConfigureAwait(false);
        await response.Body.WriteAsync(json, cancellationToken).ConfigureAwait(false);
        await response.Body.WriteAsync(End, cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the event that says the answer is whole.</summary>
    public async Task WriteDoneAsync(CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(DoneEvent, cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
