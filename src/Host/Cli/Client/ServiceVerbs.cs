using System.CommandLine;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Client;

/// <summary>Verbs that talk to a running service.</summary>
/// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
internal sealed class ServiceVerbs(IReadOnlyDictionary<string, string?>? overrides)
{
    /// <summary>Does a verb's work.</summary>
    public delegate Task<int> Work(ServiceConnection service, ParseResult parsed, Say say, CancellationToken cancellationToken);

    /// <summary>Does the work of a verb that may need no service.</summary>
    public delegate Task<int> WorkWithout(Func<ServiceConnection> connect, ParseResult parsed, Say say, CancellationToken cancellationToken);

    /// <summary>Why.</summary>
    public static Option<string> Reason() => new("--reason") { Description = "Why, in one sentence; kept in the record and the audit.", HelpName = "TEXT", Required = true };

    /// <summary>Gives a command the options <c>--url</c> and <c>--json</c>, and its work.</summary>
    public Command Of(Command command, Work work) =>
        Of(command, (WorkWithout)((connect, parsed, say, cancellationToken) => work(connect(), parsed, say, cancellationToken)));

    /// <inheritdoc cref="Of(Command, Work)"/>
    public Command Of(Command command, WorkWithout work)
    {
        Option<string?> url = ServiceOptions.Url();
        command.Options.Add(url);
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            ServiceConnection? service = null;
            try
            {
                return await work(() => service = ServiceConnection.Open(parsed.GetValue(url), overrides), parsed, say, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                service?.Dispose();
            }
        });
    }
}
