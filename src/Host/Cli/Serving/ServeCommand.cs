using Unlearning.Host.Api;

namespace Unlearning.Host.Cli.Serving;

/// <summary>The hosted service: an assistant on loopback, capture, and runs on the configured cron.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(TextWriter error, CancellationToken cancellationToken)
    {
        bool started = false;
        try
        {
            WebApplicationBuilder builder = UnlearningHost.CreateBuilder();
            QuietStart quiet = new();
            quiet.Apply(builder.Services);
            await using WebApplication app = builder.Build();
            app.MapUnlearningApi();
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            started = true;
            quiet.End();
            await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException) when (!started && cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("Stopped before it had started.").ConfigureAwait(false);
            return 1;
        }
        catch (Exception failure) when (!started && StartFailure.Explain(failure) is { } sentences)
        {
            // What is wrong is said in them; where in the program it was found helps nobody.
            foreach (string sentence in sentences)
            {
                await error.WriteLineAsync(sentence).ConfigureAwait(false);
            }

            return 1;
        }
    }
}
