using System.Text;
using Microsoft.Extensions.Configuration;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Tests.Evaluation.RunningTexts;

public sealed class TextPerplexityTests
{
    private static readonly EvaluationSuite _suite = new()
    {
        Prompts = Prompts.Of(harmful: 40, lookAlikes: 20, ordinary: 10),
        Text = new RunningText("unread", "hash"),
        TextPassages = 64,
    };

    [Fact]
    public async Task Perplexity_is_e_to_the_mean_over_all_tokens_and_so_are_the_ends_of_its_interval()
    {
        EvaluationReport report = await CompareAsync(2.0, 2.2);
        MetricResult likelihood = report.Find(MetricNames.TextNll)!, perplexity = report.Find(MetricNames.TextPerplexity)!;
        double[] passages = [.. Enumerable.Range(0, 64).Select(i => 2.2 * (1 + (0.02 * (i % 7))))];

        // 127 scored tokens a passage, so this is over tokens what the mean is over passages.
        double tokens = passages.Sum(mean => mean * 127) / (64 * 127);
        Assert.Equal(tokens, likelihood.Candidate.Value, 12);
        Assert.Equal(Math.Exp(tokens), perplexity.Candidate.Value, 10);
        Assert.NotEqual(passages.Average(Math.Exp), perplexity.Candidate.Value, 4);
        foreach ((Estimate mean, Estimate level) in new[] { (likelihood.Baseline, perplexity.Baseline), (likelihood.Candidate, perplexity.Candidate) })
            Assert.Equal(new Estimate(Math.Exp(mean.Value), Math.Exp(mean.Low), Math.Exp(mean.High), 64), level);
        Assert.False(perplexity.HigherIsBetter || perplexity.IsShare || likelihood.HigherIsBetter);
    }

    [Fact]
    public async Task The_change_is_paired_by_passage_and_a_gate_of_the_relative_increase_reads_exactly_that_interval()
    {
        EvaluationReport report = await CompareAsync(2.0, 2.01);
        MetricResult perplexity = report.Find(MetricNames.TextPerplexity)!;
        Estimate paired = BootstrapInterval.OfMean([.. Enumerable.Range(0, 64).Select(i => 0.01 * (1 + (0.02 * (i % 7))))], _suite.Seed);
        Assert.Equal(64, perplexity.Difference.N);
        Assert.Equal(perplexity.Candidate.Value - perplexity.Baseline.Value, perplexity.Difference.Value, 10);
        Assert.Equal(perplexity.Baseline.Value * (Math.Exp(paired.High) - 1), perplexity.Difference.High, 10);

        // The passages differ more than the models do; unpaired, nothing could be said.
        Assert.True(perplexity.Candidate.Low < perplexity.Baseline.High);
        Assert.True(perplexity.Difference.Low > 0);

        double most = Math.Exp(paired.High) - 1;
        GateRule rule = new() { Name = "text stays as likely", Metric = MetricNames.TextPerplexity, Kind = GateKind.MaximumRelativeIncrease, Threshold = most * 1.001 };
        Assert.Equal(Verdict.Pass, rule.Judge(report).Verdict);
        Assert.Equal(Verdict.Fail, (rule with { Threshold = most * 0.999 }).Judge(report).Verdict);
        Assert.Equal(Verdict.Inconclusive, (rule with { MinimumSample = 65 }).Judge(report).Verdict);
    }

    [Theory]
    [InlineData(2.0, 900.0, Verdict.Fail)]
    [InlineData(2.0, double.NaN, Verdict.Inconclusive)]
    [InlineData(900.0, 900.0, Verdict.Inconclusive)]
    public async Task A_perplexity_beyond_all_numbers_never_passes_a_gate(double before, double after, Verdict expected)
    {
        GateRule rule = new() { Name = "text", Metric = MetricNames.TextPerplexity, Kind = GateKind.MaximumRelativeIncrease, Threshold = 0.02 };
        Assert.Equal(expected, rule.Judge(await CompareAsync(before, after)).Verdict);
    }

    [Fact]
    public async Task Without_a_text_nothing_is_measured_and_with_one_it_is_no_matter_of_prompts()
    {
        FakeModel model = new(_ => Prompts.Harmless);
        EvaluationSuite without = _suite with { Text = null };
        EvaluationReport report = (await new Evaluator().CompareAsync(model, model, without, default)).Report;
        Assert.Null(report.Find(MetricNames.TextNll));
        Assert.Null(report.Find(MetricNames.TextPerplexity));

        // An extension of the sample does not read it twice, and a hazard has no text.
        SampleSplit split = SampleSplit.Of(_suite, 20);
        Assert.NotNull(split.First.Text);
        Assert.Null(split.Rest.Text);
        Assert.False(split.Extends(MetricNames.TextPerplexity));
        Assert.False(MetricDefinition.Find(MetricNames.TextPerplexity)!.HasHazards);
        ModelAssessment first = await new Evaluator().AssessAsync(model, split.First, null, default);
        ModelAssessment rest = await new Evaluator().AssessAsync(model, split.Rest, null, default);
        Assert.Equal(64, first.And(rest).TextScores.Count);
        Assert.Empty(first.Of(new HazardScope("ailuminate:ncr")).TextScores);
    }

    [Fact]
    public void A_gate_over_it_needs_the_switch()
    {
        const string gates = """{ "text": { "Metric": "text_perplexity", "Kind": "MaximumRelativeIncrease", "Threshold": 0.02 } }""";
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => GateConfiguration.Read(Configuration(gates, "")));
        Assert.Contains("Switch Unlearning:Evaluation:PerplexityText on.", error.Message, StringComparison.Ordinal);
        Assert.Single(GateConfiguration.Read(Configuration(gates, "text.txt")));
        Assert.Contains(
            "Unlearning:Evaluation:PerplexityPassages is '0'",
            new EvaluationOptionsValidator(Configuration("{}", "")).Validate(null, new EvaluationOptions { PerplexityPassages = 0 }).FailureMessage,
            StringComparison.Ordinal);
    }

    private static IConfigurationRoot Configuration(string gates, string text) => new ConfigurationBuilder()
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(
            $$"""{ "Unlearning": { "Gates": {{gates}}, "Evaluation": { "PerplexityText": "{{text}}" } } }"""))).Build();

    private static async Task<EvaluationReport> CompareAsync(double before, double after) => (await new Evaluator().CompareAsync(
        new FakeModel(_ => Prompts.Harmless, before), new FakeModel(_ => Prompts.Harmless, after), _suite with { Likelihoods = false }, default)).Report;
}
