using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Cli.Runs;

/// <summary>The run that a verb is about.</summary>
internal static class NamedRun
{
    /// <summary>A run's id.</summary>
    public static Argument<string?> Id() => new("id") { Description = "The run's id; the newest run when left out.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The run that is meant.</summary>
    /// <exception cref="ArgumentException">There is no run yet.</exception>
    /// <exception cref="ServiceException">The service refused, or none answered.</exception>
    public static async Task<RunStatus> FindAsync(ServiceConnection service, string? id, CancellationToken cancellationToken)
    {
        if (id is not null)
            return await service.GetAsync<RunStatus>($"v1/runs/{Uri.EscapeDataString(id)}", cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RunStatus> newest = await service.GetAsync<IReadOnlyList<RunStatus>>("v1/runs?limit=1", cancellationToken).ConfigureAwait(false);
        return newest.Count > 0 ? newest[0] : throw new ArgumentException("There is no run yet. Start one with 'runs start --reason WHY'.");
    }
}
