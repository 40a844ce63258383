using System.Text.Json;

namespace Unlearning.Host.Tests.Cli.Policies;

public sealed class PolicyLintTests : IDisposable
{
    private readonly PolicyCli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Every_error_of_every_file_is_a_line_with_its_place_and_the_fix()
    {
        string folder = _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("severity:\n    default", "severty:\n    default", StringComparison.Ordinal));
        _cli.Write("new", "b.yaml", "kind: [");

        Assert.Equal(1, await _cli.RunAsync("lint", folder));

        string[] lines = _cli.Output.TrimEnd().Split('\n');
        Assert.Contains($"{folder}/a.yaml:16:3: Unknown key 'severty'. Did you mean 'severity'?", lines);
        Assert.Contains(lines, line => line.StartsWith($"{folder}/b.yaml:", StringComparison.Ordinal));
        Assert.Equal("2 files, 3 errors, 0 warnings", lines[^1]);
    }

    [Theory]
    [InlineData("{metric: harmfull_rate, max: 0.2}", "a.yaml:24:16: 'harmfull_rate' is no metric. Did you mean 'harmful_rate'?")]
    [InlineData("{metric: niceness, max: 0.2}", "a.yaml:24:16: 'niceness' is no metric. Known are: harmful_rate, ")]
    [InlineData("{metric: harmful_rate, max: 20}", "a.yaml:24:35: harmful_rate is a share, from 0 to 1, and cannot be held to 20. Write 20 % as 0.2.")]
    public async Task A_gate_that_no_run_could_judge_is_an_error_at_its_place_and_is_not_applied(string gate, string message)
    {
        string folder = _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("\ntests:", $"\n  gates:\n    - {gate}\ntests:", StringComparison.Ordinal));

        Assert.Equal(1, await _cli.RunAsync("lint", folder));
        Assert.Contains($"{folder}/{message}", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("apply", folder));
        Assert.Contains("Refused: 1 error", _cli.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_right_has_no_errors_and_no_warnings_and_the_configured_folder_is_the_default()
    {
        _cli.Write("live", "a.yaml", PolicyCli.Example);
        Assert.Equal(0, await _cli.RunAsync("lint", "--strict"));
        Assert.Equal("1 file, 0 errors, 0 warnings", _cli.Output.TrimEnd());
    }

    [Fact]
    public async Task The_shipped_policies_have_nothing_to_be_warned_of()
    {
        int code = await _cli.RunAsync("lint", Path.Combine(HomeFolder.Find(), "policies"), "--strict");
        Assert.True(code == 0, _cli.Output);
    }

    [Theory]
    [InlineData("terms: [pick the lock]", "terms: [pick the lock, Pick The Lock]", "a.yaml:11:34: warning: The term 'Pick The Lock' is listed twice.")]
    [InlineData("terms: [pick the lock]", "regex: ['a*']", "a.yaml:11:19: warning: This pattern fires on every text")]
    [InlineData("terms: [pick the lock]", "regex: ['\\w.{0,4500}\\w.{0,4500}zq']", "a.yaml:11:19: warning: This pattern is slow on long texts.")]
    [InlineData("terms: [pick the lock]", "regex: [a, a]", "a.yaml:11:22: warning: This pattern is listed twice.")]
    [InlineData("terms: [pick the lock]", "terms: [pick the lock]\n          none_of: [{terms: [pick the lock]}]", "a.yaml:12:11: warning: This never fires")]
    [InlineData("      any_of:", "      none_of:", "a.yaml:8:5: warning: This fires on every prompt that none_of does not exclude.")]
    [InlineData("      any_of:", "      none_of:", "a.yaml:19:16: warning: This rule never applies: 'breaking' stands under none_of")]
    [InlineData("threshold: 0.5", "threshold: 0", "a.yaml:15:7: warning: A threshold of 0 fires on every text")]
    [InlineData("      - {when: breaking, set: 3}", "      - {when: breaking, set: 3}\n      - {when: breaking, set: 4}", "a.yaml:19:16: warning: This rule never decides")]
    [InlineData("  review: {}", "  review: {}\n  gates: [{metric: harmful_rate, max_increase: 0.15, min_sample: 39}]", "a.yaml:22:11: warning: This gate is always inconclusive, and nothing would be promoted: it needs 39 prompts of ailuminate:ncr, and the gate split has 38. Lower min_sample")]
    [InlineData("enabled: true,", "enabled: false, trigger: {or_severity: 4},", "a.yaml:22:33: warning: This never starts a run: nothing of this policy is unlearned.")]
    [InlineData("    answer:\n      compliance: {threshold: 0.5}\n", "", "a.yaml:20:26: warning: Nothing will ever be unlearned")]
    [InlineData("expect: {prompt: true, severity: 2}", "expect: {prompt: false}", "a.yaml:23:1: warning: No test expects a match.")]
    [InlineData("expect: {prompt: false}", "expect: {prompt: true}", "a.yaml:23:1: warning: No test expects that something does not match.")]
    [InlineData("A locksmith is no request", "A request matches", "a.yaml:27:11: warning: Another test is named 'A request matches', too.")]
    public async Task What_is_allowed_but_hardly_meant_is_a_warning(string right, string wrong, string message)
    {
        Assert.Contains(right, PolicyCli.Example, StringComparison.Ordinal);
        string text = PolicyCli.Example.Replace(right, wrong, StringComparison.Ordinal);
        if (!text.Contains("answer:\n", StringComparison.Ordinal))
            text = text.Replace("[prompt, response]", "[prompt]", StringComparison.Ordinal);
        string folder = _cli.Write("new", "a.yaml", text);

        Assert.Equal(0, await _cli.RunAsync("lint", folder));
        Assert.Contains($"{folder}/{message}", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("lint", folder, "--strict"));
    }

    [Fact]
    public async Task A_policy_without_tests_and_one_that_doubles_another_are_warned_of()
    {
        string folder = _cli.Write("new", "a.yaml", PolicyCli.Example.Split("tests:")[0]);
        _cli.Write("new", "b.yaml", PolicyCli.Example.Replace("name: locks", "name: doors", StringComparison.Ordinal));

        Assert.Equal(0, await _cli.RunAsync("lint", folder));
        Assert.Contains("a.yaml:3:18: warning: The policy has no tests.", _cli.Output, StringComparison.Ordinal);
        Assert.Contains($"b.yaml:7:3: warning: This looks for the same hazard with the same terms and patterns as {folder}/a.yaml.", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_policies_of_one_name_are_an_error_at_the_name()
    {
        string folder = _cli.Write("new", "a.yaml", PolicyCli.Example);
        _cli.Write("new", "b.yaml", PolicyCli.Example);
        Assert.Equal(1, await _cli.RunAsync("lint", folder));
        Assert.Contains($"{folder}/b.yaml:3:18: The policy 'locks' is already in {folder}/a.yaml.", _cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "nowhere:1:1: There is no such file or folder.")]
    [InlineData("empty", "empty:1:1: The folder holds no policy")]
    public async Task A_path_without_policies_is_a_located_error(string path, string message)
    {
        Directory.CreateDirectory(_cli.In("empty"));
        Assert.Equal(1, await _cli.RunAsync("lint", _cli.In(path)));
        Assert.Contains(_cli.In(message), _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_has_the_same_findings()
    {
        string folder = _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("kind: Policy", "kind: Rule", StringComparison.Ordinal));
        Assert.Equal(1, await _cli.RunAsync("lint", folder, "--json"));
        using JsonDocument report = JsonDocument.Parse(_cli.Output);
        JsonElement error = Assert.Single(report.RootElement.GetProperty("errors").EnumerateArray());
        Assert.Equal((2, 7), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
        Assert.Equal($"{folder}/a.yaml", error.GetProperty("file").GetString());
        Assert.Equal("Known here: Policy", error.GetProperty("fix").GetString());
    }
}
