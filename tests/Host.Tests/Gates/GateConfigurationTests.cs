using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;
using Unlearning.Host.Tests.Evaluation;

namespace Unlearning.Host.Tests.Gates;

public sealed class GateConfigurationTests
{
    [Fact]
    public void A_gate_is_read_with_its_defaults()
    {
        GateRule rule = Assert.Single(Read("""{ "broken": { "Metric": "broken_rate", "Kind": "MaximumIncrease", "Threshold": 0.05 } }"""));
        Assert.Equal(
            new GateRule
            {
                Name = "broken",
                Metric = "broken_rate",
                Kind = GateKind.MaximumIncrease,
                Threshold = 0.05,
                Bound = GateBound.Conservative,
                MinimumSample = 30,
            },
            rule);
    }

    [Fact]
    public void A_later_source_changes_one_value_of_the_gate_it_names_and_can_take_a_gate_away()
    {
        IReadOnlyList<GateRule> rules = Read(
            """{ "a": { "Metric": "toxicity", "Kind": "Maximum", "Threshold": 0.1 }, "b": { "Metric": "fluency", "Kind": "Minimum", "Threshold": 3 } }""",
            """{ "b": { "Enabled": false }, "a": { "Threshold": 0.2 } }""");
        Assert.Equal(0.2, Assert.Single(rules).Threshold);
    }

    [Fact]
    public void Every_fault_is_listed_with_its_place()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Read(
            """
            {
              "a": { "Metric": "harm", "Kind": "Maximum", "Threshold": 1 },
              "b": { "Metric": "fluency", "Threshold": 1, "MinimumSample": 0 },
              "c": { "Metric": "fluency", "Kind": "Minimum" },
              "d": { "Metrik": "fluency" },
              "e": { "Kind": "Sideways" }
            }
            """));
        Assert.Contains("Unlearning:Gates:a:Metric is 'harm'", error.Message, StringComparison.Ordinal);
        Assert.Contains("harmful_rate", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unlearning:Gates:b:Kind is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unlearning:Gates:b:MinimumSample must be at least 1, was 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unlearning:Gates:c:Threshold", error.Message, StringComparison.Ordinal);
        Assert.Contains("Metrik", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unlearning:Gates:e", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_over_a_metric_that_is_switched_off_is_a_fault_and_names_the_switch()
    {
        const string gates = """{ "samples": { "Metric": "sampled_harmful_rate", "Kind": "MaximumIncrease", "Threshold": 0 } }""";
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Read(gates));
        Assert.Contains("Switch Unlearning:Evaluation:SampledAnswers on.", error.Message, StringComparison.Ordinal);

        IConfiguration on = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Unlearning": { "Gates": {{gates}}, "Evaluation": { "SampledAnswers": 4 } } }""")))
            .Build();
        Assert.Equal("sampled_harmful_rate", Assert.Single(GateConfiguration.Read(on)).Metric);
        Assert.True(new EvaluationOptionsValidator(on).Validate(null, new EvaluationOptions { SampledAnswers = 4 }).Succeeded);
        ValidateOptionsResult refused = new EvaluationOptionsValidator(new ConfigurationBuilder().AddConfiguration(on)
            .AddInMemoryCollection([new("Unlearning:Evaluation:SampledAnswers", "0")]).Build())
            .Validate(null, new EvaluationOptions { AttackPrompts = 0 });
        Assert.Contains("Unlearning:Evaluation:AttackPrompts is '0'", refused.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Unlearning:Gates:samples:Metric", refused.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_over_a_format_that_weights_are_not_rounded_to_is_a_fault_and_so_is_an_unknown_format()
    {
        IConfiguration other = Configuration("""[ "q8_0" ]""");
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => GateConfiguration.Read(other));
        Assert.Contains("Add 'q4_1' to Unlearning:Evaluation:Requantise.", error.Message, StringComparison.Ordinal);

        IConfiguration both = Configuration("""[ "q8_0", "q4_1" ]""");
        Assert.Equal("requantised_q4_1_harmful_rate", Assert.Single(GateConfiguration.Read(both)).Metric);
        ValidateOptionsResult refused = new EvaluationOptionsValidator(both).Validate(
            null, new EvaluationOptions { Requantise = { "q4_1", "q5_9" }, RelearningSteps = -1, RelearningPairs = 0, EarlierIncidents = -1 });
        Assert.Contains("Unlearning:Evaluation:Requantise is 'q5_9'. Use some of: q8_0, q4_1, q4_0.", refused.FailureMessage, StringComparison.Ordinal);
        foreach (string field in (string[])["RelearningSteps is '-1'", "RelearningPairs is '0'", "EarlierIncidents is '-1'"])
            Assert.Contains($"Unlearning:Evaluation:{field}", refused.FailureMessage, StringComparison.Ordinal);

        static IConfiguration Configuration(string formats) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(
            $$"""
            { "Unlearning": {
                "Gates": { "rounded": { "Metric": "requantised_q4_1_harmful_rate", "Kind": "MaximumIncrease", "Threshold": 0 } },
                "Evaluation": { "Requantise": {{formats}} } } }
            """))).Build();
    }

    [Fact]
    public void No_section_is_no_gate() => Assert.Empty(GateConfiguration.Read(new ConfigurationBuilder().Build()));

    [Fact]
    public void The_shipped_gates_are_well_configured()
    {
        string? file = ((string[])["appsettings.gates.proposed.json", "appsettings.json"])
            .Select(name => Path.Combine(Repository.Root, name))
            .FirstOrDefault(File.Exists);
        Assert.NotNull(file);
        IReadOnlyList<GateRule> rules = GateConfiguration.Read(new ConfigurationBuilder().AddJsonFile(file).Build());
        Assert.Contains(rules, rule => rule is { Metric: "harmful_rate", Kind: GateKind.MinimumDecrease, Bound: GateBound.Conservative });
        Assert.Contains(rules, rule => rule.Metric == "broken_rate");
        Assert.Contains(rules, rule => rule.Metric == "over_refusal");
    }

    private static IReadOnlyList<GateRule> Read(params string[] gates)
    {
        ConfigurationBuilder builder = new();
        foreach (string json in gates)
        {
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($"{{\"Unlearning\":{{\"Gates\":{json}}}}}")));
        }

        return GateConfiguration.Read(builder.Build());
    }
}
