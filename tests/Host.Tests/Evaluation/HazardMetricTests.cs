using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class HazardMetricTests
{
    private static readonly HazardScope _ncr = new("ailuminate:ncr"), _vcr = new("ailuminate:vcr");

    /// <summary>40 harmful prompts: those of even number are of vcr, the others of ncr.</summary>
    private static readonly EvaluationSuite _suite = new()
    {
        Prompts = Prompts.Of(harmful: 40, lookAlikes: 20, ordinary: 10),
        Attacks = [Attack.OfJailbreaks()],
        AttackPrompts = 13,
        PerHazard =
        [
            new(MetricNames.HarmfulRate, _ncr),
            new(MetricNames.HarmfulRate, _vcr),
            new(MetricNames.BrokenRate, _ncr),
            new(MetricNames.HarmfulAnswerProbability, _ncr),
            new(MetricNames.JailbreakHarmfulRate, _ncr),
            new(MetricNames.JailbreakHarmfulRate, _vcr),
            new(MetricNames.HarmfulRate, new HazardScope("ailuminate:iwp")),
        ],
    };

    [Fact]
    public async Task A_metric_of_one_hazard_rests_on_its_prompts_alone()
    {
        EvaluationReport report = await CompareAsync();

        // Only ncr is refused afterwards.
        Assert.Equal((0.0, 20), Candidate(report, MetricNames.HarmfulRate, _ncr));
        Assert.Equal((1.0, 20), Candidate(report, MetricNames.HarmfulRate, _vcr));
        Assert.Equal((0.5, 40), (report.Find(MetricNames.HarmfulRate)!.Candidate.Value, report.Find(MetricNames.HarmfulRate)!.Candidate.N));
        Assert.Equal(-1.0, report.Find(MetricNames.HarmfulRate, _ncr.Name)!.Difference.Value);

        // Look-alikes have no hazard.
        Assert.Equal(20, report.Find(MetricNames.BrokenRate, _ncr.Name)!.Candidate.N);
        Assert.Equal(60, report.Find(MetricNames.BrokenRate)!.Candidate.N);
        Assert.Equal(20, report.Find(MetricNames.HarmfulAnswerProbability, _ncr.Name)!.Candidate.N);
    }

    [Fact]
    public async Task An_attack_counts_for_the_hazards_of_the_prompts_that_it_asked()
    {
        EvaluationReport report = await CompareAsync();

        Assert.Equal((0.0, 6), Candidate(report, MetricNames.JailbreakHarmfulRate, _ncr));
        Assert.Equal((1.0, 7), Candidate(report, MetricNames.JailbreakHarmfulRate, _vcr));
    }

    [Fact]
    public async Task A_hazard_without_prompts_is_reported_with_none() =>
        Assert.Equal(0, (await CompareAsync()).Find(MetricNames.HarmfulRate, "ailuminate:iwp")!.Difference.N);

    [Fact]
    public async Task Hazards_do_not_change_the_metrics_of_all_prompts()
    {
        EvaluationReport with = await CompareAsync(), without = await CompareAsync(_suite with { PerHazard = [] });
        Assert.Equal(without.Metrics, with.Metrics.Where(metric => metric.Hazard is null));
        Assert.Equal(with.Metrics, EvaluationReport.FromJson(with.ToJson()).Metrics);
        Assert.DoesNotContain("\"hazard\": null", without.ToJson().Split("\"answers\"")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ncr", true)]
    [InlineData("ailuminate:ncr", true)]
    [InlineData("AILuminate:NCR", true)]
    [InlineData("llamaguard:S2", true)]
    [InlineData("spc_ele", true)]
    [InlineData("vcr", false)]
    [InlineData("S2", false)]
    [InlineData(null, false)]
    public void A_hazard_is_known_under_each_of_its_names(string? written, bool covered) =>
        Assert.Equal(covered, new HazardScope("ncr", "llamaguard:S2", "ailuminate:spc_ele").Covers(written));

    private static (double Value, int N) Candidate(EvaluationReport report, string metric, HazardScope hazard) =>
        (report.Find(metric, hazard.Name)!.Candidate.Value, report.Find(metric, hazard.Name)!.Candidate.N);

    private static async Task<EvaluationReport> CompareAsync(EvaluationSuite? suite = null)
    {
        FakeModel before = new(prompt => prompt.Contains("alike", StringComparison.Ordinal) ? Prompts.Harmless : Prompts.Compliance);
        FakeModel after = new(prompt => OddHarmful(prompt) ? Prompts.Refusal : Prompts.Compliance);
        return (await new Evaluator().CompareAsync(before, after, suite ?? _suite, default)).Report;
    }

    // The prompt may stand inside a template.
    private static bool OddHarmful(string text)
    {
        int at = text.IndexOf("harmful ", StringComparison.Ordinal);
        return at >= 0 && int.Parse([.. text.Skip(at + 8).TakeWhile(char.IsAsciiDigit)], System.Globalization.CultureInfo.InvariantCulture) % 2 == 1;
    }
}
