namespace Unlearning.Host.Cli.Client;

/// <summary>The service did not do what it was asked; the message says why and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="status">The HTTP status; null when no service answered.</param>
internal sealed class ServiceException(string message, int? status = null) : IOException(message)
{
    public int? Status => status;
}
