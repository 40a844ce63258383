using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Unlearning.Host.Incidents;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Host.Api;

/// <summary>
/// <c>POST /v1/incidents</c>: takes a batch of incidents from an app elsewhere, in one transaction, and acknowledges each once that is
/// committed. An interaction counts once, however often it is sent.
/// </summary>
internal sealed partial class IncidentsEndpoint(
    IServiceProvider services, IOptions<ApiOptions> options, TimeProvider time, ILogger<IncidentsEndpoint> logger)
{
    /// <summary>The most records of one batch.</summary>
    public const int MaximumRecords = 1000;

    private readonly IncidentRecordReader _reader = new(time);

    /// <summary>Answers one batch.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            IncidentResults results = await TakeAsync(http).ConfigureAwait(false);
            await http.Response.WriteAsJsonAsync(results, TransportJson.Default.IncidentResults, null, http.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer; the app sends the batch again, and nothing is counted twice.
        }
        catch (ApiException wrong)
        {
            await ApiProblem.WriteAsync(http, wrong.Status, wrong.Message, wrong.Parameter).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            await ApiProblem.WriteAsync(http, StatusCodes.Status400BadRequest, "The body is not valid JSON.").ConfigureAwait(false);
        }
        catch (BadHttpRequestException bad)
        {
            string detail = bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? $"The body has more than {options.Value.MaximumBatchBytes} bytes. Send fewer incidents at once."
                : "The request could not be read.";
            await ApiProblem.WriteAsync(http, bad.StatusCode, detail).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever failed, nothing was committed, and the batch is worth another try.
        catch (Exception failure) when (!http.Response.HasStarted)
#pragma warning restore CA1031
        {
            // Not the message: a store's may quote the text it could not keep.
            LogFailed(failure.GetType().Name, failure.StackTrace);
            http.Response.Headers.RetryAfter = "5";
            await ApiProblem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "The incidents could not be stored now. Send them again.")
                .ConfigureAwait(false);
        }
    }

    private async Task<IncidentResults> TakeAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            throw new ApiException(
                StatusCodes.Status415UnsupportedMediaType, "Send the incidents as JSON, with 'Content-Type: application/json'.");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.MaximumBatchBytes;
        }

        using JsonDocument body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted).ConfigureAwait(false);
        if (body.RootElement.ValueKind != JsonValueKind.Object
            || !body.RootElement.TryGetProperty("incidents", out JsonElement records) || records.ValueKind != JsonValueKind.Array)
        {
            throw ApiException.Invalid("incidents", "The body must be an object with an array 'incidents'.");
        }

        if (records.GetArrayLength() is 0 or > MaximumRecords)
        {
            throw ApiException.Invalid("incidents", $"incidents must have 1 to {MaximumRecords} elements.");
        }

        return await StoreAsync(records, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task<IncidentResults> StoreAsync(JsonElement records, CancellationToken cancellationToken)
    {
        List<IncidentResult?> results = [];
        List<IncidentReport> reports = [];
        foreach (JsonElement record in records.EnumerateArray())
        {
            try
            {
                reports.Add(_reader.Read(record, $"incidents[{results.Count}]"));
                results.Add(null);
            }
            catch (ApiException wrong)
            {
                RecordProblem problem = new("The incident is invalid.", StatusCodes.Status422UnprocessableEntity, wrong.Message, wrong.Parameter);
                results.Add(new IncidentResult(IncidentRecordReader.IdOf(record), IncidentResult.Rejected, problem));
            }
        }

        IReadOnlyList<bool> known = reports.Count == 0 ? [] : await services.GetRequiredService<IncidentSink>()
            .StoreAsync(reports, fromElsewhere: true, cancellationToken).ConfigureAwait(false);
        for (int i = 0, stored = 0; i < results.Count; i++)
        {
            results[i] ??= new IncidentResult(
                reports[stored].Interaction.Id, known[stored++] ? IncidentResult.Known : IncidentResult.Stored);
        }

        int before = known.Count(counted => counted);
        LogTaken(reports.Count - before, before, results.Count - reports.Count);
        return new IncidentResults([.. results.OfType<IncidentResult>()]);
    }

    [LoggerMessage(
        EventId = 5002,
        EventName = "IncidentsTaken",
        Level = LogLevel.Information,
        Message = "A batch of incidents from elsewhere: {Stored} stored, {Known} known before, {Rejected} rejected.")]
    private partial void LogTaken(int stored, int known, int rejected);

    [LoggerMessage(
        EventId = 5003,
        EventName = "IncidentsFailed",
        Level = LogLevel.Error,
        Message = "A batch of incidents could not be stored ({ExceptionType}).\n{StackTrace}")]
    private partial void LogFailed(string exceptionType, string? stackTrace);
}
