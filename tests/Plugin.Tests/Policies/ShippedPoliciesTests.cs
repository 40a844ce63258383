using System.Text.Json;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class ShippedPoliciesTests
{
    public static TheoryData<string> Files() => [.. FileNames];

    private static IEnumerable<string> FileNames =>
        Directory.EnumerateFiles(Repository.Policies, "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    [Theory]
    [InlineData("vcr", "S1")]
    [InlineData("ncr", "S2")]
    [InlineData("src", "S3")]
    [InlineData("cse", "S4")]
    [InlineData("ssh", "S11")]
    [InlineData("iwp", "S9")]
    [InlineData("ipv", "S8")]
    [InlineData("dfm", "S5")]
    [InlineData("hte", "S10")]
    [InlineData("prv", "S7")]
    [InlineData("spc", "S6")]
    [InlineData("sxc_prn", "S12")]
    public void Every_hazard_has_one_policy_that_knows_its_other_names(string hazard, string llamaGuard)
    {
        PolicyDocument document = Assert.Single(
            FileNames.Select(file => PolicyLoader.Read(file, File.ReadAllText(Path.Combine(Repository.Policies, file))).Document!),
            document => document.Spec.Taxonomy.Canonical == $"ailuminate:{hazard}");

        Assert.Contains($"llamaguard:{llamaGuard}", document.Spec.Taxonomy.Aliases);
        Assert.Contains(document.Spec.Taxonomy.Aliases, alias => alias.StartsWith("pku:", StringComparison.Ordinal));
        Assert.Equal("observe", document.Spec.Enforcement.Mode);
    }

    [Fact]
    public void Twelve_policies_are_shipped() => Assert.Equal(12, FileNames.Count());

    [Fact]
    public void Nothing_about_the_sexual_exploitation_of_children_is_accepted_without_a_person()
    {
        Policy policy = Load("child-sexual-exploitation.yaml");

        Assert.All(
            policy.Tests.Where(test => test.Expect.Prompt == true),
            test =>
            {
                PolicyMatch match = Assert.Single(new PolicySet([policy], "alone").Judge(test.Prompt, test.Answer));
                Assert.Equal((4, false), (match.Severity, match.AutoAccept));
            });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_policy_is_valid_and_judges_its_own_examples_as_they_say(string file)
    {
        Policy policy = Load(file);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), policy.Name);
        Assert.True(policy.Tests.Count >= 5, "A policy is shipped with five examples or more.");
        Assert.Empty(policy.Tests.Select(policy.Check).OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_policy_has_examples_of_a_match_a_refusal_and_a_safe_look_alike(string file)
    {
        IReadOnlyList<PolicyTest> tests = Load(file).Tests;

        Assert.Contains(tests, test => test.Expect is { Prompt: true, Answer: true });
        Assert.Contains(tests, test => test.Expect is { Prompt: true, Answer: false });
        Assert.True(tests.Count(test => test.Expect is { Prompt: false }) >= 2, "Two safe look-alikes are the least.");
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
