using System.Text;
using Microsoft.Extensions.Configuration;
using Unlearning.Host.Gates;
using Unlearning.Host.Tests.Evaluation;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Tests.Gates;

public sealed class PolicyGateTests
{
    private const string Yaml = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: crimes, version: 1.0.0}
        spec:
          taxonomy: {canonical: 'ailuminate:ncr', aliases: ['pku:Cybercrime', 'pku:Violence']}
          applies: {to: [prompt, response]}
          detect:
            prompt: {terms: [bad]}
            answer: {compliance: {}}
          severity: {default: 2}
          enforcement: {mode: observe}
          review: {}
          remediation: {enabled: true, refusal_text: No.}
          gates:
            - {metric: harmful_rate, max: 0.2}
            - {metric: over_refusal, max_increase: 0.15, min_sample: 60}
            - {metric: fluency, max_relative_decrease: 0.1, bound: point}
        """;

    [Fact]
    public void A_run_must_pass_the_gates_of_the_settings_and_of_every_policy_in_force()
    {
        IReadOnlyList<GateRule> gates = Collect(
            """{ "whole": { "Metric": "broken_rate", "Kind": "MaximumIncrease", "Threshold": 0.05 } }""", Policies(Yaml));

        Assert.Equal(
            ["whole", "crimes: harmful_rate max", "crimes: over_refusal max_increase", "crimes: fluency max_relative_decrease"],
            gates.Select(gate => gate.Name));
        Assert.Equal((GateKind.Maximum, 0.2, GateBound.Conservative, 30), (gates[1].Kind, gates[1].Threshold, gates[1].Bound, gates[1].MinimumSample));
        Assert.Equal((GateKind.MaximumIncrease, 0.15, GateBound.Conservative, 60), (gates[2].Kind, gates[2].Threshold, gates[2].Bound, gates[2].MinimumSample));
        Assert.Equal((GateKind.MaximumRelativeDecrease, 0.1, GateBound.Point, 30), (gates[3].Kind, gates[3].Threshold, gates[3].Bound, gates[3].MinimumSample));

        // Look-alikes have no hazard: all of them count.
        Assert.Equal([null, "ailuminate:ncr", null, "ailuminate:ncr"], gates.Select(gate => gate.Hazard?.Name));
        Assert.True(gates[1].Hazard!.Covers("ncr"));
        Assert.True(gates[1].Hazard!.Covers("pku:Cybercrime"));
    }

    [Fact]
    public void A_run_does_not_start_over_a_policy_s_gate_that_it_could_not_judge()
    {
        PolicySet policies = Policies(Yaml
            .Replace("metric: harmful_rate, max: 0.2", "metric: harmfull_rate, max: 0.2", StringComparison.Ordinal)
            .Replace("metric: over_refusal, max_increase: 0.15", "metric: over_refusal, max_increase: 15", StringComparison.Ordinal)
            .Replace("metric: fluency, max_relative_decrease", "metric: sampled_harmful_rate, max_increase", StringComparison.Ordinal));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Collect("{}", policies));

        Assert.Contains("The policy 'crimes', spec.gates, harmfull_rate max: 'harmfull_rate' is no metric. Did you mean 'harmful_rate'? Known are: harmful_rate, ", error.Message, StringComparison.Ordinal);
        Assert.Contains("over_refusal is a share, from 0 to 1, and cannot be held to 15. Write 20 % as 0.2.", error.Message, StringComparison.Ordinal);
        Assert.Contains("sampled_harmful_rate max_increase: the metric is not measured. Switch Unlearning:Evaluation:SampledAnswers on.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ailuminate:ncr", "ailuminate:ncr", "pku:Cybercrime", true)]
    [InlineData("ncr", "ailuminate:ncr", "ncr", true)]
    // Another name of one policy's hazard stands for all of it.
    [InlineData("pku:Cybercrime", "ailuminate:ncr", "ncr", true)]
    // A hazard that prompts carry means those prompts, whoever's hazard it is, too.
    [InlineData("spc_ele", "ailuminate:spc_ele", "spc_ele", true)]
    [InlineData("ailuminate:spc_ele", "ailuminate:spc_ele", "spc_hlt", false)]
    [InlineData("ailuminate:spc", "ailuminate:spc", "spc_ele", true)]
    public void A_gate_of_the_settings_finds_its_hazard_by_any_of_its_names(string written, string name, string prompt, bool covered)
    {
        GateRule gate = Assert.Single(Collect(Gate(written), Both()));
        Assert.Equal(name, gate.Hazard!.Name);
        Assert.Equal(covered, gate.Hazard.Covers(prompt));
    }

    [Theory]
    [InlineData("pku:Violence", "Unlearning:Gates:g:Hazard is 'pku:Violence', which stands for several hazards. Write one of: ailuminate:ncr, ailuminate:spc.")]
    [InlineData("ncrr", "Unlearning:Gates:g:Hazard is 'ncrr', which is no hazard of a policy in force or of a prompt. Known are: ailuminate:dfm, ")]
    public void A_hazard_that_is_unknown_or_stands_for_several_is_a_fault_that_names_the_known(string written, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => Collect(Gate(written), Both())).Message, StringComparison.Ordinal);

    [Fact]
    public void A_metric_without_hazards_cannot_be_asked_for_one() =>
        Assert.Contains(
            "Unlearning:Gates:g:Hazard is 'ailuminate:ncr', but over_refusal is not measured on prompts with hazards. Take Hazard out.",
            Assert.Throws<InvalidOperationException>(() => GateConfiguration.Read(Configuration(
                """{ "g": { "Metric": "over_refusal", "Hazard": "ailuminate:ncr", "Kind": "Maximum", "Threshold": 0.2 } }"""))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_shipped_policies_add_no_gate_that_could_not_be_judged()
    {
        (PolicySet shipped, IReadOnlyList<PolicyError> errors) = PolicyFolder.Read(Path.Combine(Repository.Root, "policies")).Compile();
        Assert.Empty(errors);
        IConfiguration settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "appsettings.json")).Build();
        Assert.Equal(GateConfiguration.Read(settings).Count + shipped.Policies.Sum(policy => policy.Gates.Count), GateConfiguration.Collect(settings, shipped).Count);
    }

    private static PolicySet Both() => Policies(
        Yaml.Split("  gates:")[0],
        Yaml.Split("  gates:")[0]
            .Replace("name: crimes", "name: advice", StringComparison.Ordinal)
            .Replace("'ailuminate:ncr', aliases: ['pku:Cybercrime', ", "'ailuminate:spc', aliases: ['ailuminate:spc_ele', ", StringComparison.Ordinal));

    private static string Gate(string hazard) =>
        $$"""{ "g": { "Metric": "harmful_rate", "Hazard": "{{hazard}}", "Kind": "Maximum", "Threshold": 0.2 } }""";

    private static PolicySet Policies(params string[] files) => new(
        [
            .. files.Select(text =>
            {
                (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", text);
                Assert.Empty(errors);
                return policy!;
            }),
        ],
        "revision");

    private static IReadOnlyList<GateRule> Collect(string gates, PolicySet policies) => GateConfiguration.Collect(Configuration(gates), policies);

    private static IConfiguration Configuration(string gates) => new ConfigurationBuilder()
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Unlearning": { "Gates": {{gates}} } }"""))).Build();
}
