using Microsoft.Extensions.Hosting;

namespace Unlearning.Plugin.Capture;

/// <summary>In an app with a host: looks for what is not captured once everything has started. A bare kernel does it at its first function.</summary>
internal sealed class UncapturedServicesCheck(UncapturedServices uncaptured, IServiceProvider services) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        uncaptured.Look(services);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
