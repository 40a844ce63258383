using System.CommandLine;
using Unlearning.Host.Cli;

RootCommand root = new("Continuous safety remediation of a deployed assistant. Without a verb: serves the assistant and runs on schedule.")
{
    DemoCommand.Create(),
    BuildPromptsCommand.Create(),
    TrainMetricsCommand.Create(),
};
root.SetAction((_, cancellationToken) => ServeCommand.RunAsync(cancellationToken));
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
