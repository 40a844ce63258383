using Unlearning.Host.Api;

namespace Unlearning.Host.Cli;

/// <summary>The hosted service: an assistant on loopback, capture, and runs on the configured cron.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using WebApplication app = UnlearningHost.CreateBuilder().Build();
        app.MapUnlearningApi();
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
