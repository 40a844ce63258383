using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Policies;

/// <summary>What a policy says beyond detection: when runs start, what they must hold, who agrees and who reviews.</summary>
public sealed class PolicyKeysTests
{
    private const string Plain = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: a-policy, version: 1.0.0}
        spec:
          taxonomy: {canonical: 'ailuminate:ncr'}
          applies: {to: [prompt, response]}
          detect:
            prompt: {terms: [bad]}
            answer: {compliance: {}}
          severity: {default: 2}
          enforcement: {mode: observe}
          review: {}
          remediation:
            enabled: true
            refusal_text: No.
        """;

    [Fact]
    public void A_policy_that_says_nothing_starts_no_run_adds_no_gate_and_asks_nobody()
    {
        Policy policy = Load(Plain);

        Assert.Null(policy.Trigger);
        Assert.Empty(policy.Gates);
        Assert.Equal((0, TimeSpan.FromHours(72)), (policy.Approvals.Required, policy.Approvals.Expires));
        Assert.Equal(new PolicyReview(1, null, null), policy.Review);
    }

    [Fact]
    public void Every_key_is_read()
    {
        Policy policy = Load(Plain.Replace("review: {}", "review: {min_reviewers: 2, sla_hours: 24, auto_accept: {severity_lte: 1}}", StringComparison.Ordinal) + """

                trigger: {min_confirmed: 25, window: 14d, or_severity: 4}
              gates:
                - {metric: harmful_rate, max: 0.2}
                - {metric: over_refusal, max_increase: 0.15, bound: point, min_sample: 60}
                - {metric: fluency, max_relative_decrease: 0.1}
              approvals: {required: 2, roles: [approver, admin], expires: 12h}
            """);

        Assert.Equal(new PolicyTrigger(25, TimeSpan.FromDays(14), 4), policy.Trigger);
        Assert.Equal(
            [
                new PolicyGate("harmful_rate", "max", PolicyGateKind.Max, 0.2, true, 30),
                new PolicyGate("over_refusal", "max_increase", PolicyGateKind.MaxIncrease, 0.15, false, 60),
                new PolicyGate("fluency", "max_relative_decrease", PolicyGateKind.MaxRelativeDecrease, 0.1, true, 30),
            ],
            policy.Gates);
        Assert.Equal((2, TimeSpan.FromHours(12)), (policy.Approvals.Required, policy.Approvals.Expires));
        Assert.Equal(["approver", "admin"], policy.Approvals.Roles);
        Assert.Equal(new PolicyReview(2, TimeSpan.FromHours(24), 1), policy.Review);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        Policy policy = Load(Plain + "\n    trigger: {min_confirmed: 5}\n  approvals: {}\n");

        Assert.Equal(new PolicyTrigger(5, TimeSpan.FromDays(7), null), policy.Trigger);
        Assert.Equal((1, TimeSpan.FromHours(72)), (policy.Approvals.Required, policy.Approvals.Expires));
        Assert.Equal(["approver"], policy.Approvals.Roles);
        Assert.Null(Load(Plain + "\n    trigger: {or_severity: 3}\n").Trigger!.MinConfirmed);
    }

    [Theory]
    [InlineData("    trigger: {min_confirmd: 25}", "a.yaml:16:15: Unknown key 'min_confirmd'. Did you mean 'min_confirmed'?")]
    [InlineData("    trigger: {min_confirmed: 0}", "a.yaml:16:30: 0 should be at least 1")]
    [InlineData("    trigger: {min_confirmed: 25, window: 7}", "a.yaml:16:42: This should be a string.")]
    [InlineData("    trigger: {min_confirmed: 25, window: 7 days}", "a.yaml:16:42: '7 days' is not written as it must be.")]
    [InlineData("    trigger: {min_confirmed: 25, window: 0d}", "a.yaml:16:42: '0d' is not written as it must be.")]
    [InlineData("    trigger: {or_severity: 5}", "a.yaml:16:28: 5 should be at most 4")]
    [InlineData("    trigger: {}", "a.yaml:16:5: Value should have at least 1 properties.")]
    [InlineData("    trigger: {window: 7d, or_severity: 4}", "a.yaml:16:15: This is never used: nothing is counted. Add 'min_confirmed:' here, or take this out.")]
    [InlineData("  gates: [{max: 0.2}]", "a.yaml:16:11: The key 'metric' is missing. Add 'metric:' here: The metric, as docs/evaluation.md lists them.")]
    [InlineData("  gates: [{metric: harmful_rate}]", "a.yaml:16:11: Nothing says what the metric must hold. Add one of max, min, max_increase, min_decrease, max_relative_increase or max_relative_decrease.")]
    [InlineData("  gates: [{metric: harmful_rate, max_incrase: 0.2}]", "a.yaml:16:34: Unknown key 'max_incrase'. Did you mean 'max_increase'?")]
    [InlineData("  gates: [{metric: harmful_rate, max: 0.2, max_increase: 0}]", "a.yaml:16:44: A gate has one limit, and this is another. Put it into a gate of its own.")]
    [InlineData("  gates: [{metric: toxicity, max: 0.2}, {metric: toxicity, max: 0.3}]", "a.yaml:16:60: An earlier gate already says what max of toxicity is. Take one of them out.")]
    [InlineData("  gates: [{metric: harmful_rate, max: 20 %}]", "a.yaml:16:39: This should be a number.")]
    [InlineData("  gates: [{metric: harmful_rate, max: 0.2, bound: pont}]", "a.yaml:16:51: 'pont' is not one of the values known here. Did you mean 'point'?")]
    [InlineData("  gates: {metric: harmful_rate, max: 0.2}", "a.yaml:16:3: This should be a list.")]
    [InlineData("  approvals: {requird: 1}", "a.yaml:16:15: Unknown key 'requird'. Did you mean 'required'?")]
    [InlineData("  approvals: {roles: [aprover]}", "a.yaml:16:23: 'aprover' is not one of the values known here. Did you mean 'approver'?")]
    [InlineData("  approvals: {expires: soon}", "a.yaml:16:24: 'soon' is not written as it must be.")]
    public void What_is_wrong_with_a_key_is_told_with_its_place_and_the_fix(string lines, string message) =>
        Assert.Contains(
            PolicyLoader.Load("a.yaml", $"{Plain}\n{lines}\n").Errors, error => error.ToString().StartsWith(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("min_reviewer: 2", "a.yaml:12:12: Unknown key 'min_reviewer'. Did you mean 'min_reviewers'?")]
    [InlineData("min_reviewers: 0", "a.yaml:12:27: 0 should be at least 1")]
    [InlineData("sla_hours: 1d", "a.yaml:12:23: This should be a whole number.")]
    public void What_is_wrong_with_the_review_is_told_as_well(string keys, string message) =>
        Assert.Contains(
            PolicyLoader.Load("a.yaml", Plain.Replace("review: {}", $"review: {{{keys}}}", StringComparison.Ordinal)).Errors,
            error => error.ToString().StartsWith(message, StringComparison.Ordinal));

    [Fact]
    public void A_line_break_after_a_duration_crashes_nothing() =>
        Assert.Equal(TimeSpan.FromHours(12), Load(Plain + "\n  approvals: {expires: \"12h\\n\"}\n").Approvals.Expires);

    [Fact]
    public void Every_shipped_policy_starts_runs_and_none_waits_for_an_approval()
    {
        Assert.All(Directory.EnumerateFiles(Repository.Policies, "*.yaml"), file =>
        {
            Policy policy = Load(File.ReadAllText(file));
            Assert.NotNull(policy.Trigger);
            Assert.Equal(0, policy.Approvals.Required);
        });
    }

    private static Policy Load(string text)
    {
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", text);
        Assert.Empty(errors);
        return policy!;
    }
}
