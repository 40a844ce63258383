using System.CommandLine;
using Unlearning.Host.Cli;

RootCommand root = new("Unlearning host") { BuildPromptsCommand.Create(), TrainMetricsCommand.Create() };
return await root.Parse(args).InvokeAsync();
