using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport;

/// <summary>Posts batches to a Host.</summary>
internal sealed class HostClient : IDisposable
{
    private const long LargestAnswer = 16 << 20;

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public HostClient(TransportOptions options, HttpMessageHandler handler, TimeProvider time)
    {
        // Redirects are not followed: they would turn the POST into a GET.
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer };
        if (options.ApiKey.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        }

        _address = new Uri(options.Url.TrimEnd('/') + "/v1/incidents");
        _timeout = options.RequestTimeout;
        _time = time;
    }

    /// <summary>Sends records as one batch.</summary>
    /// <returns>What came of it; a Host that is away is an answer, too.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was signalled.</exception>
    public async Task<BatchAnswer> PostAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(_timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using ByteArrayContent content = new(Body(records));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http.PostAsync(_address, content, either.Token).ConfigureAwait(false);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await ReadAsync(response, records.Count, either.Token).ConfigureAwait(false),

                // These are about the batch's content. Any other status is about the Host, the key or the way between, and passes.
                HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
                    new BatchAnswer(Refusal: (int)response.StatusCode),
                _ => new BatchAnswer(Failure: $"status {(int)response.StatusCode}", RetryAfter: RetryAfter(response)),
            };
        }
        catch (HttpRequestException failure)
        {
            return new BatchAnswer(Failure: failure.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            return new BatchAnswer(Failure: "connection broken");
        }
        catch (JsonException)
        {
            return new BatchAnswer(Failure: "not a Host's answer");
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new BatchAnswer(Failure: "timeout");
        }
    }

    public void Dispose() => _http.Dispose();

    // The records are JSON already, as they lie in the spool.
    private static byte[] Body(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        using MemoryStream body = new();
        body.Write("{\"incidents\":["u8);
        for (int i = 0; i < records.Count; i++)
        {
            body.Write(i == 0 ? [] : ","u8);
            body.Write(records[i].Span);
        }

        body.Write("]}"u8);
        return body.ToArray();
    }

    private static async Task<BatchAnswer> ReadAsync(HttpResponseMessage response, int count, CancellationToken cancellationToken)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        IncidentResults? answer =
            await JsonSerializer.DeserializeAsync(body, TransportJson.Default.IncidentResults, cancellationToken).ConfigureAwait(false);
        bool whole = answer?.Results is { } results && results.Count == count
            && results.All(result => result is { Acknowledged: true } or { Outcome: IncidentResult.Rejected, Problem: not null });
        return whole ? new BatchAnswer(answer!.Results) : new BatchAnswer(Failure: "not a Host's answer");
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } pause } => pause,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => null,
        };
}
