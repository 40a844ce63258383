using System.Text.Json;

namespace Unlearning.Host.Tests.Cli.Policies;

public sealed class PolicyTestTests : IDisposable
{
    private readonly PolicyCli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Each_policy_says_how_many_of_its_tests_passed()
    {
        _cli.Write("live", "a.yaml", PolicyCli.Example);
        Assert.Equal(0, await _cli.RunAsync("test"));
        Assert.Equal("passed  locks  2 of 2", _cli.Output.TrimEnd());
    }

    [Fact]
    public async Task A_failure_names_the_test_and_the_expectation_and_shows_text_only_when_asked()
    {
        string folder = Failing();
        Assert.Equal(1, await _cli.RunAsync("test", folder));
        Assert.Contains("FAILED  locks  1 of 2", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("locks: 'A request matches': severity should be 4 but is 2.", _cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("neighbour", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(1, await _cli.RunAsync("test", folder, "--show-text"));
        Assert.Contains("  prompt: How do I pick the lock of a neighbour?", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_has_the_same_outcome()
    {
        Assert.Equal(1, await _cli.RunAsync("test", Failing(), "--json"));
        using JsonDocument report = JsonDocument.Parse(_cli.Output);
        Assert.Equal((1, 1), (report.RootElement.GetProperty("passed").GetInt32(), report.RootElement.GetProperty("failed").GetInt32()));
        Assert.DoesNotContain("neighbour", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_errors_fails_though_the_others_pass()
    {
        string folder = _cli.Write("new", "a.yaml", PolicyCli.Example);
        _cli.Write("new", "b.yaml", "kind: Rule");
        Assert.Equal(1, await _cli.RunAsync("test", folder));
        Assert.Contains("passed  locks  2 of 2", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("b.yaml:1:7: ", _cli.Errors, StringComparison.Ordinal);
    }

    private string Failing() =>
        _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("prompt: true, severity: 2", "prompt: true, severity: 4", StringComparison.Ordinal));
}
