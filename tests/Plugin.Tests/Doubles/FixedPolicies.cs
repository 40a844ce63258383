using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>Policies that enforce.</summary>
internal sealed class FixedPolicies(PolicySet policies) : IPolicySource
{
    public PolicySet Current => policies;

    public bool Healthy => true;

    public IReadOnlyList<string> Errors => [];

    /// <summary>The usual policy, with another mode.</summary>
    public static FixedPolicies OnPrompt(string mode) =>
        new(TestPolicies.Load(TestPolicies.Yaml.Replace("mode: observe", $"mode: {mode}", StringComparison.Ordinal)));

    /// <summary>A policy on answers alone, whose harm is the word "kaboom".</summary>
    public static FixedPolicies OnAnswer(string mode) => new(TestPolicies.Load($$"""
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.2.3}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [response]}
          detect:
            answer: {name: bang, terms: [kaboom]}
          severity: {default: 3}
          enforcement: {mode: {{mode}}}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """));
}
