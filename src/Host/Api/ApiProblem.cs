namespace Unlearning.Host.Api;

/// <summary>Failures as problem details (RFC 9457).</summary>
internal static class ApiProblem
{
    /// <summary>Answers with a problem about the request as a whole.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What is wrong and how to mend it. Never text of the request.</param>
    /// <param name="field">The field at fault; null where it is none in particular.</param>
    public static Task WriteAsync(HttpContext http, int status, string detail, string? field = null) => Of(status, detail, field).ExecuteAsync(http);

    /// <summary>The same, as an endpoint's result.</summary>
    public static IResult Of(int status, string detail, string? field = null) => TypedResults.Problem(
        detail,
        statusCode: status,
        extensions: field is null ? null : new Dictionary<string, object?> { ["field"] = field });
}
