using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;

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

    /// <summary>A policy on answers alone, whose harm is one term.</summary>
    public static FixedPolicies OnAnswer(string mode, string term = "kaboom") => new(TestPolicies.Load($$"""
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.2.3}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [response]}
          detect:
            answer: {name: bang, terms: [{{term}}]}
          severity: {default: 3}
          enforcement: {mode: {{mode}}}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """));

    /// <summary>A policy on one side, with a detector of the test's own.</summary>
    public static PolicySet Of(Detector detector, bool onPrompt, EnforcementSpec enforcement)
    {
        PolicyDocument document = new()
        {
            ApiVersion = "safety.remediate/v1",
            Kind = "Policy",
            Metadata = new PolicyMetadata { Name = "made-by-hand", Version = "1.0.0" },
            Spec = new PolicySpec
            {
                Taxonomy = new TaxonomySpec { Canonical = "test:by-hand" },
                Applies = new AppliesSpec { To = [onPrompt ? "prompt" : "response"] },
                Detect = new DetectSpec(),
                Severity = new SeveritySpec { Default = 1 },
                Enforcement = enforcement,
                Review = new ReviewSpec(),
                Remediation = new RemediationSpec(true, "I would rather not."),
            },
        };
        return new PolicySet([new Policy(document, onPrompt ? detector : null, onPrompt ? null : detector)], "revision-1");
    }
}
