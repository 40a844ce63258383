using System.CommandLine;
using System.Runtime.InteropServices;
using Unlearning.Host.Cli.Adapters;
using Unlearning.Host.Cli.Audit;
using Unlearning.Host.Cli.Backups;
using Unlearning.Host.Cli.Demo;
using Unlearning.Host.Cli.Doctor;
using Unlearning.Host.Cli.Experiments;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Cli.Keys;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Cli.Releases;
using Unlearning.Host.Cli.Runs;
using Unlearning.Host.Cli.Serving;
using Unlearning.Host.Cli.Shipped;

RootCommand root = new("Continuous safety remediation of a deployed assistant. Without a verb: serves the assistant and runs on schedule.")
{
    DemoCommand.Create(),
    ExperimentCommand.Create(),
    AdapterCommand.Create(),
    PolicyCommand.Create(),
    IncidentsCommand.Create(),
    RunsCommand.Create(),
    ReleasesCommand.Create(),
    KeysCommand.Create(),
    AuditCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    DoctorCommand.Create(),
    HealthCommand.Create(),
    BuildPromptsCommand.Create(),
    BuildChoicesCommand.Create(),
    TrainMetricsCommand.Create(),
    TrainDetectorsCommand.Create(),
    JudgeAgreementCommand.Create(),
};
root.SetAction((result, cancellationToken) => ServeCommand.RunAsync(result.InvocationConfiguration.Error, cancellationToken));

// Our own handler: the library's ends the process two seconds after the first signal, wherever a step or a write is, and throws at
// the second, which `dotnet run` and a terminal both send.
using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
ParseResult typed = root.Parse(args);

// The library's help is silent about a hidden verb, even to who asks for that one.
typed.CommandResult.Command.Hidden = false;
return await typed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, stop.Token).ConfigureAwait(false);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
