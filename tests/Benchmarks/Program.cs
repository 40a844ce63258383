using System.Text.Json;
using Unlearning.Benchmarks;

// The hidden verb of StepProcess: apart from the command line below, because no person types it.
if (args is [StepProcess.Verb, .. string[] arguments])
{
    Console.WriteLine(JsonSerializer.Serialize(StepProcess.Run(arguments)));
    return 0;
}

return await BenchmarkCommand.Create().Parse(args).InvokeAsync().ConfigureAwait(false);
