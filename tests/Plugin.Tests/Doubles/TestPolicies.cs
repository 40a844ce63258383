using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>One small policy, whose harm is the word "forbidden".</summary>
internal sealed class TestPolicies : IPolicySource
{
    public const string Yaml = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.2.3}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [prompt, response]}
          detect:
            prompt:
              any_of:
                - {name: forbidden, terms: [forbidden]}
                - {name: grave, terms: [grave matter*]}
            answer:
              compliance: {threshold: 0.5, min_words: 5}
          severity:
            default: 2
            rules:
              - {when: grave, set: 4}
          enforcement: {mode: observe}
          review:
            auto_accept: {severity_lte: 2}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

    public PolicySet Current { get; } = Load(Yaml);

    public bool Healthy => true;

    public IReadOnlyList<string> Errors => [];

    public static PolicySet Load(string yaml)
    {
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("test.yaml", yaml);
        Assert.Empty(errors);
        return new PolicySet([policy!], "revision-1");
    }
}
