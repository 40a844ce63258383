using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Host.Api.Wire;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Api;

/// <summary>Says failures in OpenAI's form. Only messages written for clients leave the process.</summary>
internal static class ApiErrors
{
    /// <summary>The status and body for a failure.</summary>
    public static (int Status, ErrorBody Body) Describe(Exception failure) => failure switch
    {
        ApiException api => (api.Status, Body(api.Message, api.Status, api.Parameter, api.Code)),
        JsonException => Describe(new ApiException(StatusCodes.Status400BadRequest, "The body is not valid JSON.")),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Describe(new ApiException(
                StatusCodes.Status413PayloadTooLarge, "The body is too large. Shorten the conversation.", null, "request_too_large")),
        BadHttpRequestException bad => Describe(new ApiException(bad.StatusCode, "The request could not be read.")),
        ContextLengthException context => Describe(ApiException.Invalid("messages", context.Message, "context_length_exceeded")),
        ModelUnavailableException unavailable =>
            Describe(new ApiException(StatusCodes.Status503ServiceUnavailable, unavailable.Message, null, "model_unavailable")),
        _ => Describe(new ApiException(
            StatusCodes.Status500InternalServerError, "The model failed to answer. The log has the cause.", null, "internal_error")),
    };

    /// <summary>Writes the failure as the response.</summary>
    public static Task WriteAsync(HttpContext http, Exception failure)
    {
        (int status, ErrorBody body) = Describe(failure);
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "5";
        }

        return http.Response.WriteAsJsonAsync(body, WireJson.Options, http.RequestAborted);
    }

    private static ErrorBody Body(string message, int status, string? parameter, string? code) =>
        new(new ErrorDetail(message, status < 500 ? "invalid_request_error" : "server_error", parameter, code));
}
