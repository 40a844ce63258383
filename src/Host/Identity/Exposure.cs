using System.Net;
using Unlearning.Host.Api;

namespace Unlearning.Host.Identity;

/// <summary>What lets others than this machine reach the service.</summary>
internal static class Exposure
{
    private const string KestrelEndpoints = "Kestrel:Endpoints";

    /// <summary>The setting that does, as the beginning of a sentence; null when none does, and only this machine can call.</summary>
    public static string? Of(ApiOptions options, IConfiguration configuration) =>
        IPAddress.TryParse(options.Address, out IPAddress? address) && !IPAddress.IsLoopback(address)
            ? $"{ApiOptions.SectionName}:{nameof(ApiOptions.Address)} is '{options.Address}'"
            : configuration.GetSection(KestrelEndpoints).GetChildren().Any() ? $"{KestrelEndpoints} adds addresses"

            // Without it the server takes no address from hosting's own settings (urls, http_ports): ours win.
            : configuration[WebHostDefaults.PreferHostingUrlsKey] is { Length: > 0 } ? $"{WebHostDefaults.PreferHostingUrlsKey} takes other addresses"
            : null;
}
