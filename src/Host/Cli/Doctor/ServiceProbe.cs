using Unlearning.Host.Api;
using Unlearning.Host.Cli.Client;

namespace Unlearning.Host.Cli.Doctor;

/// <summary>Asks the service that the settings describe how it is.</summary>
internal static class ServiceProbe
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether it answers and says yes.</summary>
    /// <param name="options">Where it listens.</param>
    /// <param name="what"><c>live</c> or <c>ready</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<bool> AskAsync(ApiOptions options, string what, CancellationToken cancellationToken)
    {
        try
        {
            using HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = _patience };
            using HttpResponseMessage answer = await http.GetAsync(new Uri(ServiceAddress.Of(options), $"/health/{what}"), cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
