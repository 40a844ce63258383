using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli.Incidents;

/// <summary>The incidents verb beside a service that is at work in a folder of one test's own.</summary>
internal sealed class IncidentCli : IAsyncDisposable
{
    private readonly LogCollector _log = new();
    private readonly ILoggerFactory _loggers;

    private IncidentCli(TemporaryStore store)
    {
        Store = store;
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
    }

    public TemporaryStore Store { get; }

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public IReadOnlyCollection<string> Logged => _log.Lines;

    /// <summary>What is typed at the terminal.</summary>
    public string Input { get; set; } = "";

    /// <summary>The folder of policies; the repository's own when null.</summary>
    public string? Policies { get; set; }

    public JsonNode Json => JsonNode.Parse(Output)!;

    public static async Task<IncidentCli> CreateAsync() => new(await TemporaryStore.CreateAsync());

    public async Task<Incident> RecordAsync(IncidentObservation observation) => (await Store.Incidents.RecordAsync([observation]))[0];

    public async Task<int> RunAsync(params string[] arguments)
    {
        Dictionary<string, string?> settings = new() { ["Unlearning:DataDirectory"] = Store.Path };
        if (Policies is not null)
            settings["Unlearning:Policies:Directory"] = Policies;
        using StringReader input = new(Input);
        (int code, Output, Errors) = await VerbRun.OfAsync(IncidentsCommand.Create(settings, input, Store.Clock, _loggers), arguments);
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        _loggers.Dispose();
        await Store.DisposeAsync();
    }
}
