using Microsoft.Extensions.Options;
using Unlearning.Host.Api;

namespace Unlearning.Host.Cli;

/// <summary>The hosted service: an assistant on loopback, capture, and runs on the configured cron.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            await using WebApplication app = UnlearningHost.CreateBuilder().Build();
            app.MapUnlearningApi();
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }
        catch (OptionsValidationException wrong)
        {
            // What is wrong with the settings is said in them; where in the program it was found helps nobody.
            foreach (string failure in wrong.Failures.Distinct())
            {
                await error.WriteLineAsync(failure).ConfigureAwait(false);
            }

            return 1;
        }
        catch (IOException inUse) when (inUse.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await error.WriteLineAsync(
                $"{inUse.Message} Stop the program that listens there, or set {ApiOptions.SectionName}:Port to another port.").ConfigureAwait(false);
            return 1;
        }
    }
}
