using System.Net;
using Microsoft.Extensions.Options;
using Unlearning.Host.Api;

namespace Unlearning.Host.Identity;

/// <summary>Refuses to listen where others can reach while nobody would be asked who they are.</summary>
internal sealed class ExposureCheck(IOptions<ApiOptions> options, KnownKeys keys) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string address = options.Value.Address;
        if (address.Length > 0 && !IPAddress.IsLoopback(IPAddress.Parse(address)) && !await keys.AnyAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new OptionsValidationException(nameof(ApiOptions), typeof(ApiOptions),
            [
                $"{ApiOptions.SectionName}:{nameof(ApiOptions.Address)} is '{address}', which others can reach. Make a key first: "
                + "'keys create NAME --role admin'.",
            ]);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
