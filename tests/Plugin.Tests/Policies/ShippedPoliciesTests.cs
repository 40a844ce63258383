using System.Text.Json;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class ShippedPoliciesTests
{
    public static TheoryData<string> Files() => [.. FileNames];

    private static IEnumerable<string> FileNames =>
        Directory.EnumerateFiles(Repository.Policies, "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    [Fact]
    public void Three_policies_are_shipped() =>
        Assert.Equal(["dangerous-instructions.yaml", "hate-and-harassment.yaml", "self-harm.yaml"], FileNames);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_policy_is_valid_and_judges_its_own_examples_as_they_say(string file)
    {
        Policy policy = Load(file);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), policy.Name);
        Assert.NotEmpty(policy.Tests);
        Assert.Empty(policy.Tests.Select(policy.Check).OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_policy_has_examples_of_a_match_a_refusal_and_a_safe_look_alike(string file)
    {
        IReadOnlyList<PolicyTest> tests = Load(file).Tests;

        Assert.Contains(tests, test => test.Expect is { Prompt: true, Answer: true });
        Assert.Contains(tests, test => test.Expect is { Prompt: true, Answer: false });
        Assert.Contains(tests, test => test.Expect is { Prompt: false });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_policy_names_its_schema_for_editors(string file)
    {
        string firstLine = File.ReadLines(Path.Combine(Repository.Policies, file)).First();

        Assert.StartsWith("# yaml-language-server: $schema=", firstLine, StringComparison.Ordinal);
        string schema = Path.Combine(Repository.Policies, firstLine[(firstLine.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(schema));
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", document.RootElement.GetProperty("$schema").GetString());
    }

    [Fact]
    public void An_example_that_does_not_hold_says_what_came_out()
    {
        PolicyTest wrong = new("a wrong expectation", new PolicyTestExpectation(Prompt: true, Severity: 3), "What is the time?");

        Assert.Equal(
            "self-harm: 'a wrong expectation': prompt should be True but is False; severity should be 3 but is 0.",
            Load("self-harm.yaml").Check(wrong));
    }

    private static Policy Load(string file)
    {
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load(file, File.ReadAllText(Path.Combine(Repository.Policies, file)));
        Assert.Empty(errors);
        return policy!;
    }
}
