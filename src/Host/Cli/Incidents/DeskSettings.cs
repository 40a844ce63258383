namespace Unlearning.Host.Cli.Incidents;

/// <summary>What the verbs of <c>incidents</c> share.</summary>
/// <param name="Overrides">Settings that win over appsettings.json and the environment.</param>
/// <param name="Input">Where keys, comments and subjects are read from; the console when null.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where it is logged that text was shown; standard error, by the service's settings, when null.</param>
internal sealed record DeskSettings(IReadOnlyDictionary<string, string?>? Overrides, TextReader? Input, TimeProvider Time, ILoggerFactory? Loggers)
{
    /// <summary>The next line of the input; null at its end.</summary>
    public ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) => (Input ?? Console.In).ReadLineAsync(cancellationToken);
}
