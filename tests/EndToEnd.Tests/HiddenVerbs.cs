using System.Diagnostics;

namespace Unlearning.EndToEnd.Tests;

/// <summary>Verbs that make what ships are not in the program's own help, but each has one of its own.</summary>
public sealed class HiddenVerbs
{
    [Theory]
    [InlineData("train-metrics")]
    [InlineData("train-detectors")]
    [InlineData("judge-agreement")]
    [InlineData("build-prompts")]
    [InlineData("build-choices")]
    public async Task A_verb_that_help_does_not_list_explains_itself_when_asked(string verb)
    {
        Assert.DoesNotContain(verb, await SaidAsync("--help"), StringComparison.Ordinal);
        string said = await SaidAsync(verb, "--help");
        Assert.Contains("Usage:", said, StringComparison.Ordinal);
        Assert.Contains("--data", said, StringComparison.Ordinal);
    }

    private static async Task<string> SaidAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Unlearning.Host.dll"), .. arguments]) { RedirectStandardOutput = true };
        using Process program = Process.Start(start)!;
        string said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
        return said;
    }
}
