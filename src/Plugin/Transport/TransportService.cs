using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Transport;

/// <summary>In an app with a host: begins at its start to send what an earlier process left, without waiting for the first call.</summary>
internal sealed class TransportService(IServiceProvider services, IOptions<TransportOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Url.Length > 0)
        {
            services.GetRequiredService<IIncidentSink>();
        }

        return Task.CompletedTask;
    }

    // The container flushes, as it does in an app without a host: calls that are still under way report until then.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
