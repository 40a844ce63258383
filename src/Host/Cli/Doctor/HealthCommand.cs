using System.CommandLine;
using Unlearning.Host.Api;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Doctor;

/// <summary>The <c>health</c> verb, which containers and supervisors ask with.</summary>
internal static class HealthCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null)
    {
        Option<bool> ready = new("--ready") { Description = "Asks whether it serves, not only whether it runs." };
        Command command = new(
            "health",
            """
            Asks the running service whether it is alive.

            Examples:
              health
              health --ready

            Exit codes: 0 yes, 1 no.
            """)
        {
            ready,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            ApiOptions options = UnlearningHost.CreateBuilder(overrides).Configuration.GetSection(ApiOptions.SectionName).Get<ApiOptions>() ?? new ApiOptions();
            string asked = parsed.GetValue(ready) ? "ready" : "live";
            bool healthy = await ServiceProbe.AskAsync(options, asked, cancellationToken).ConfigureAwait(false);
            Uri url = ServiceAddress.Of(options);
            say(new { url, asked, healthy }, output => output.WriteLine(healthy ? $"{url} is {asked}" : $"{url} does not say that it is {asked}"));
            return healthy ? 0 : 1;
        });
    }
}
