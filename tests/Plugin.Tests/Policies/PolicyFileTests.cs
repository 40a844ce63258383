using CsCheck;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class PolicyFileTests
{
    private const string Valid = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata:
          name: a-policy
          version: 1.0.0
        spec:
          taxonomy:
            canonical: ailuminate:ncr
          applies:
            to: [prompt, response]
          detect:
            prompt:
              any_of:
                - name: words
                  terms: [bad]
                - regex: ['wor[sd]t']
            answer:
              compliance: {threshold: 0.5}
          severity:
            default: 2
            rules:
              - {when: words, set: 3}
          enforcement: {mode: observe}
          review: {}
          remediation:
            enabled: true
            refusal_text: No.
            trigger: {min_confirmed: 25, window: 7d, or_severity: 4}
          gates:
            - {metric: harmful_rate, max: 0.2}
            - {metric: over_refusal, max_increase: 0.15, bound: point, min_sample: 60}
          approvals: {required: 2, roles: [approver, admin], expires: 12h}
        """;

    private static readonly string[] _fragments = [":", "-", "[", "{", "'", "\n", "\t", "  ", "null", "1e999", "*", "&a", "|", ">"];

    [Fact]
    public void A_valid_file_becomes_a_policy()
    {
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", Valid);

        Assert.Empty(errors);
        Assert.Equal("a-policy", policy!.Name);
        Assert.Equal("1.0.0", policy.Version);
        Assert.Equal("ailuminate:ncr", policy.Hazard);
    }

    [Theory]
    [InlineData("mode: observe")]
    [InlineData("mode: warn")]
    [InlineData("mode: refuse")]
    [InlineData("mode: refuse, on_error: allow, hold_back: 64")]
    public void Every_enforcement_is_understood(string enforcement) =>
        Assert.Empty(PolicyLoader.Load("a.yaml", Valid.Replace("mode: observe", enforcement, StringComparison.Ordinal)).Errors);

    [Theory]
    // What the schema says.
    [InlineData("  severity:\n", "  severty:\n", "a.yaml:19:3: Unknown key 'severty'. Did you mean 'severity'?")]
    [InlineData("  severity:\n", "  severty:\n", "a.yaml:6:1: The key 'severity' is missing. Add 'severity:' here: How grave a match is.")]
    [InlineData("enabled: true", "enabld: true", "a.yaml:26:5: Unknown key 'enabld'. Did you mean 'enabled'?")]
    [InlineData("terms: [bad]", "words: [bad]", "a.yaml:15:11: Unknown key 'words'. Known here: name, all_of, any_of, none_of, terms, regex, compliance, classifier, judge, guard, moderation, similar_to.")]
    [InlineData("mode: observe", "mode: obsrve", "a.yaml:23:23: 'obsrve' is not one of the values known here. Did you mean 'observe'?")]
    [InlineData("mode: observe", "mode: refuse, on_eror: allow", "a.yaml:23:31: Unknown key 'on_eror'. Did you mean 'on_error'?")]
    [InlineData("mode: observe", "mode: refuse, on_error: open", "a.yaml:23:41: 'open' is not one of the values known here. Known here: allow, refuse.")]
    [InlineData("mode: observe", "mode: refuse, hold_back: 0", "a.yaml:23:42: 0 should be at least 1")]
    [InlineData("kind: Policy", "kind: Rule", "a.yaml:2:7: 'Rule' is not one of the values known here. Known here: Policy.")]
    [InlineData("default: 2", "default: two", "a.yaml:20:14: This should be a whole number. Write a whole number here: 0 safe, 1 minor, 2 moderate, 3 severe, 4 critical.")]
    [InlineData("set: 3", "set: 7", "a.yaml:22:28: 7 should be at most 4")]
    [InlineData("version: 1.0.0", "version: 1.0", "a.yaml:5:12: This should be a string. Put it in quotes.")]
    [InlineData("name: a-policy", "name: A Policy", "a.yaml:4:9: 'A Policy' is not written as it must be. Match ^[a-z0-9]+(-[a-z0-9]+)*$: The policy's name")]
    [InlineData("terms: [bad]", "terms: bad", "a.yaml:15:18: This should be a list. Write a list here")]
    [InlineData("terms: [bad]", "terms: []", "a.yaml:15:11: ")]
    [InlineData("[prompt, response]", "[prompt, answer]", "a.yaml:10:18: 'answer' is not one of the values known here. Known here: prompt, response.")]
    [InlineData("review: {}", "review:", "a.yaml:24:3: This should be a mapping. Write a mapping here: Which incidents people must look at; {} for all.")]
    // What only the compiler knows.
    [InlineData("mode: observe", "mode: warn, on_error: allow", "a.yaml:23:29: This is never used: the policy does not refuse. Set mode to 'refuse', or take this out.")]
    [InlineData("mode: observe", "mode: observe, hold_back: 64", "a.yaml:23:32: This is never used: the policy does not refuse. Set mode to 'refuse', or take this out.")]
    [InlineData("when: words", "when: wrods", "a.yaml:22:16: No detector of this policy is named 'wrods'. Did you mean 'words'?")]
    [InlineData("wor[sd]t", "wor[sdt", "a.yaml:16:19: This is not a regular expression: UnterminatedBracket at offset 7. Escape or close what stands there.")]
    [InlineData("wor[sd]t", "(?<=a)b", "a.yaml:16:19: This pattern cannot be matched in linear time. Take out lookaround and backreferences, and split it if it is very large.")]
    [InlineData("terms: [bad]", "terms: ['??']", "a.yaml:15:19: This term has no letter or digit. Write a word or phrase.")]
    [InlineData("[prompt, response]", "[prompt]", "a.yaml:17:5: This is never used: the policy does not apply to the response. Add 'response' to applies.to, or take this out.")]
    [InlineData("    answer:\n      compliance: {threshold: 0.5}\n", "", "a.yaml:11:3: The policy applies to the response, but nothing says how to judge it. Add 'answer:' here, or take 'response' out of applies.to.")]
    [InlineData("          terms: [bad]\n", "", "a.yaml:14:11: This detector looks for nothing. Give it terms, regex, compliance, classifier, judge, guard, moderation, similar_to, all_of, any_of or none_of.")]
    // What is no YAML, or more of it than is wanted.
    [InlineData("kind: Policy", "kind: 'Policy", "a.yaml:")]
    [InlineData("kind: Policy", "kind: Policy\nkind: Policy", "a.yaml:3:1: This is not YAML: Duplicate key kind")]
    [InlineData("kind: Policy", "kind: &k Policy", "a.yaml:2:7: Anchors and aliases are not supported. Write the value out where it is used.")]
    [InlineData("kind: Policy", "kind: *k", "a.yaml:2:7: Anchors and aliases are not supported. Write the value out where it is used.")]
    [InlineData("kind: Policy", "kind: Policy\n---\nkind: Policy", "a.yaml:3:1: A second document begins here. Put each policy into a file of its own.")]
    [InlineData("  name: a-policy", "  : a-policy", "a.yaml:6:1: This is not YAML. Check the keys, braces and brackets")]
    [InlineData("kind: Policy", "kind: {Policy", "a.yaml:")]
    [InlineData("kind: Policy", "? [a, b]\n: c", "a.yaml:2:3: This is not YAML: A key must be a word")]
    public void A_broken_file_is_explained_with_its_line_and_the_fix(string right, string wrong, string message)
    {
        Assert.Contains(right, Valid, StringComparison.Ordinal);

        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", Valid.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Null(policy);
        Assert.Contains(errors, error => error.ToString().StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_instruction_that_quotes_a_question_mark_is_a_sentence_and_only_a_guess_is_a_question()
    {
        Assert.Equal("a.yaml:1:2: Wrong. Match ^a?.", new PolicyError("a.yaml", 1, 2, "Wrong", "Match ^a?").ToString());
        Assert.Equal("a.yaml:1:2: Wrong. Did you mean 'why?'?", new PolicyError("a.yaml", 1, 2, "Wrong", PolicyFix.Nearest("whyy?", ["why?", "how"])).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment")]
    [InlineData("just a sentence")]
    [InlineData("- a\n- list")]
    [InlineData("\0\u0001")]
    public void A_file_that_holds_no_policy_is_explained(string text)
    {
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", text);

        Assert.Null(policy);
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void A_file_that_would_exhaust_the_stack_or_the_memory_is_refused()
    {
        Assert.Contains("nested", Assert.Single(PolicyLoader.Load("a.yaml", new string('[', 100_000)).Errors).What, StringComparison.Ordinal);
        Assert.Contains("longer", Assert.Single(PolicyLoader.Load("a.yaml", new string('a', 2_000_000)).Errors).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_a_file_is_listed_in_its_order()
    {
        string text = Valid.Replace("kind: Policy", "kind: Rule").Replace("default: 2", "default: 9").Replace("enabled:", "enabeld:");

        IReadOnlyList<PolicyError> errors = PolicyLoader.Load("a.yaml", text).Errors;

        Assert.Equal([2, 20, 25, 26], errors.Select(error => error.Line));
    }

    [Fact]
    public void Words_that_older_yaml_reads_as_booleans_stay_words()
    {
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", Valid.Replace("terms: [bad]", "terms: [no, yes, on, off]"));

        Assert.Empty(errors);
        Assert.Null(policy!.Check(new PolicyTest("yes", new PolicyTestExpectation(Prompt: true), Prompt: "Oh yes!")));
    }

    [Fact]
    public void A_mutated_file_never_crashes_the_loader_and_every_error_has_a_place()
    {
        Gen<string> mutated =
            from at in Gen.Int[0, Valid.Length - 1]
            from length in Gen.Int[0, 12]
            from text in Gen.OneOf(Gen.String[Gen.Char, 0, 4], Gen.Int[0, _fragments.Length - 1].Select(i => _fragments[i]))
            select Valid.Remove(at, Math.Min(length, Valid.Length - at)).Insert(at, text);

        mutated.Sample(
            text =>
            {
                (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", text);
                return policy is not null ? errors.Count == 0 : errors.Count > 0 && errors.All(error => error is { Line: > 0, Column: > 0 });
            },
            iter: 10_000);
    }
}
