using System.Net;
using Unlearning.Host.Api;

namespace Unlearning.Host.Cli.Client;

/// <summary>Where a service that the settings describe is reached from this machine.</summary>
internal static class ServiceAddress
{
    /// <summary>Its address: the one it listens on, or the loopback's where it listens on all, or on none that is named.</summary>
    public static Uri Of(ApiOptions options)
    {
        bool named = IPAddress.TryParse(options.Address, out IPAddress? address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(Uri.UriSchemeHttp, named ? address!.ToString() : "127.0.0.1", options.Port).Uri;
    }

    /// <summary>Its address by the settings.</summary>
    public static Uri Of(IConfiguration settings) => Of(settings.GetSection(ApiOptions.SectionName).Get<ApiOptions>() ?? new ApiOptions());
}
