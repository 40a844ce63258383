using Microsoft.Extensions.Options;
using Unlearning.Host.Api;

namespace Unlearning.Host.Identity;

/// <summary>Refuses to listen where others can reach while nobody would be asked who they are.</summary>
internal sealed class ExposureCheck(IOptions<ApiOptions> options, IConfiguration configuration, KnownKeys keys) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await keys.AnyAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (Exposure.Of(options.Value, configuration) is { } exposed)
        {
            throw new OptionsValidationException(
                nameof(ApiOptions), typeof(ApiOptions), [$"{exposed}, which others can reach. Make a key first: 'keys create NAME --role admin'."]);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
