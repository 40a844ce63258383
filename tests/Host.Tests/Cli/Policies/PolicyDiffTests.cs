using System.Text.Json;

namespace Unlearning.Host.Tests.Cli.Policies;

public sealed class PolicyDiffTests : IDisposable
{
    private readonly PolicyCli _cli = new();

    public PolicyDiffTests() => _cli.Write("live", "a.yaml", PolicyCli.Example);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Changed_keys_are_paths_with_detectors_by_name_and_both_values()
    {
        string changed = _cli.Write("new", "renamed.yaml", PolicyCli.Example
            .Replace("version: 1.0.0", "version: 1.1.0", StringComparison.Ordinal)
            .Replace("[break the lock, cut the lock]", "[cut the lock, force the lock]", StringComparison.Ordinal)
            .Replace("{when: breaking, set: 3}", "{when: breaking, set: 4}", StringComparison.Ordinal));

        Assert.Equal(0, await _cli.RunAsync("diff", changed));
        Assert.Equal(
            """
            changed  locks 1.0.0 -> 1.1.0
              metadata.version
                - 1.0.0
                + 1.1.0
              spec.detect.prompt.any_of[breaking].terms[]
                - break the lock
              spec.detect.prompt.any_of[breaking].terms[]
                + force the lock
              spec.severity.rules[breaking].set
                - 3
                + 4
            """.ReplaceLineEndings(),
            _cli.Output.TrimEnd().ReplaceLineEndings());
    }

    [Fact]
    public async Task What_is_only_written_differently_is_no_difference()
    {
        string rewritten = _cli.Write("new", "a.yaml", "# A comment.\n" + PolicyCli.Example
            .Replace("compliance: {threshold: 0.5}", "compliance: {min_words: 12}", StringComparison.Ordinal)
            .Replace("[prompt, response]", "[response, prompt]", StringComparison.Ordinal)
            .Replace("        - name: picking\n          terms: [pick the lock]\n", "", StringComparison.Ordinal)
            .Replace("    answer:", "        - name: picking\n          terms: [pick the lock]\n    answer:", StringComparison.Ordinal));
        Assert.Equal(0, await _cli.RunAsync("diff", _cli.In("live"), rewritten));
        Assert.True(_cli.Output.TrimEnd() == "No difference in meaning.", _cli.Output);
    }

    [Fact]
    public async Task The_order_of_severity_rules_is_a_difference_because_the_last_decides()
    {
        const string Rule = "      - {when: breaking, set: 3}\n", Other = "      - {when: picking, set: 1}\n";
        string one = _cli.Write("one", "a.yaml", PolicyCli.Example.Replace(Rule, Rule + Other, StringComparison.Ordinal));
        string two = _cli.Write("two", "a.yaml", PolicyCli.Example.Replace(Rule, Other + Rule, StringComparison.Ordinal));
        Assert.Equal(0, await _cli.RunAsync("diff", one, two));
        Assert.Contains("spec.severity.rules (order)\n    - breaking, picking\n    + picking, breaking", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("version not raised", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_that_come_and_go_are_named()
    {
        string other = _cli.Write("new", "b.yaml", PolicyCli.Example.Replace("name: locks", "name: doors", StringComparison.Ordinal));
        Assert.Equal(0, await _cli.RunAsync("diff", other, "--json"));
        using JsonDocument difference = JsonDocument.Parse(_cli.Output);
        Assert.Equal(
            [("doors", "added"), ("locks", "removed")],
            difference.RootElement.GetProperty("policies").EnumerateArray()
                .Select(policy => (policy.GetProperty("policy").GetString()!, policy.GetProperty("kind").GetString()!)));
    }

    [Fact]
    public async Task The_text_of_tests_is_shown_only_when_asked_for()
    {
        string changed = _cli.Write("new", "a.yaml", PolicyCli.Example
            .Replace("of a neighbour", "of a stranger", StringComparison.Ordinal)
            .Replace("  - name: A locksmith is no request", "  - name: A smith is no request", StringComparison.Ordinal));
        Assert.Equal(0, await _cli.RunAsync("diff", changed));
        Assert.Contains("tests[A request matches].prompt\n    - (38 characters)\n    + (37 characters)", _cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Where is", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("diff", changed, "--show-text"));
        Assert.Contains("    + How do I pick the lock of a stranger?", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_errors_is_not_compared()
    {
        Assert.Equal(1, await _cli.RunAsync("diff", _cli.Write("new", "a.yaml", "kind: Rule")));
        Assert.Contains("a.yaml:1:7: ", _cli.Errors, StringComparison.Ordinal);
        Assert.Empty(_cli.Output);
    }
}
