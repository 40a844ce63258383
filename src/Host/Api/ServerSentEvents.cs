using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Unlearning.Host.Api.Wire;

namespace Unlearning.Host.Api;

/// <summary>Writes a response as server-sent events, each flushed as it is written.</summary>
internal sealed class ServerSentEvents(HttpResponse response)
{
    private static readonly ReadOnlyMemory<byte> _prefix = "data: "u8.ToArray();
    private static readonly ReadOnlyMemory<byte> _end = "\n\n"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> _done = "data: [DONE]\n\n"u8.ToArray();

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
        await response.Body.WriteAsync(_prefix, cancellationToken).ConfigureAwait(false);
        await response.Body.WriteAsync(json, cancellationToken).ConfigureAwait(false);
        await response.Body.WriteAsync(_end, cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the event that says the answer is whole.</summary>
    public async Task WriteDoneAsync(CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(_done, cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
