namespace Unlearning.Host.Api;

/// <summary>A request that is answered with an error in OpenAI's form.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong and how to mend it. Never text of the request.</param>
/// <param name="parameter">The field at fault, such as <c>messages[2].content</c>.</param>
/// <param name="code">A name for the error that programs can test for.</param>
internal sealed class ApiException(int status, string message, string? parameter = null, string? code = null) : Exception(message)
{
    public int Status => status;

    public string? Parameter => parameter;

    public string? Code => code;

    /// <summary>A request that is wrong in one field.</summary>
    public static ApiException Invalid(string parameter, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, message, parameter, code);

    /// <summary>A request for something that is not there.</summary>
    public static ApiException NotFound(string message) => new(StatusCodes.Status404NotFound, message);
}
