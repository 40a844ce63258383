using System.CommandLine;

namespace Unlearning.Host.Tests.Cli.Terminal;

/// <summary>How a verb came out.</summary>
internal sealed record VerbRun(int Code, string Output, string Errors)
{
    /// <summary>Runs a verb as the command line would.</summary>
    public static async Task<VerbRun> OfAsync(Command command, params string[] arguments)
    {
        using StringWriter output = new(), errors = new();
        int code = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return new VerbRun(code, output.ToString(), errors.ToString());
    }
}
