using System.Net;
using Unlearning.Host.Api;

namespace Unlearning.Host.Cli.Doctor;

/// <summary>Asks the service that the settings describe how it is.</summary>
internal static class ServiceProbe
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>Where it listens, as this machine reaches it.</summary>
    public static Uri Address(ApiOptions options)
    {
        bool named = IPAddress.TryParse(options.Address, out IPAddress? address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(Uri.UriSchemeHttp, named ? address!.ToString() : "127.0.0.1", options.Port).Uri;
    }

    /// <summary>Whether it answers and says yes.</summary>
    /// <param name="options">Where it listens.</param>
    /// <param name="what"><c>live</c> or <c>ready</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<bool> AskAsync(ApiOptions options, string what, CancellationToken cancellationToken)
    {
        try
        {
            using HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = _patience };
            using HttpResponseMessage answer = await http.GetAsync(new Uri(Address(options), $"/health/{what}"), cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
