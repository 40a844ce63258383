using System.Text.Json;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Cards;
using Unlearning.Host.Tests.Reports;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Releases.Cards;

public sealed class ModelCardTests
{
    [Fact]
    public async Task A_release_has_a_card_that_tells_what_it_is_and_equal_releases_have_equal_cards()
    {
        string[] cards = new string[2];
        for (int i = 0; i < 2; i++)
        {
            using TemporaryFolder folder = new();
            await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
            ReleaseManifest manifest = ReleaseHost.Manifest("0123456789abcdef") with
            {
                Details = new Dictionary<string, JsonElement>
                {
                    ["sets"] = JsonSerializer.SerializeToElement(new { forget = 67, normal = 280 }),
                    ["hazards"] = JsonSerializer.SerializeToElement(new Dictionary<string, int> { ["violent-crimes"] = 21 }),
                    ["setsHash"] = JsonSerializer.SerializeToElement("ab12"),
                    ["recipe"] = JsonSerializer.SerializeToElement(new { Direction = "dual_space", Steps = 20, Seed = 1 }),
                },
            };
            Release release = await host.Store.SaveAsync(manifest, async (staging, cancellationToken) =>
            {
                await ReleaseHost.WriteContentAsync(staging, "weights");
                await File.WriteAllTextAsync(Path.Combine(staging, "report.json"), (await Example.OutcomeAsync()).Report.ToJson(), cancellationToken);
                await File.WriteAllTextAsync(
                    Path.Combine(staging, "verdicts.json"),
                    JsonSerializer.Serialize(new[] { new GateLine("harm falls", "harmful_rate", "pass", "harm falls: pass, from 96.7 % to 76.7 %.") }),
                    cancellationToken);
            });
            cards[i] = await File.ReadAllTextAsync(Path.Combine(release.Folder, "README.md"));
        }

        Assert.Equal(cards[0], cards[1]);
        Assert.StartsWith("---\nbase_model: \"fake-135m\"\nlibrary_name: peft\n", cards[0], StringComparison.Ordinal);
        foreach (string told in new[]
        {
            "SHA-256 `base-hash`", "release `0123456789abcdef`", "forget 67, normal 280", "violent-crimes 21", "`ab12`", "Direction dual_space, Steps 20, Seed 1",
            "harm falls: pass, from 96.7 % to 76.7 %.", "## Known regressions", "Harmless look-alikes refused", "| hazard | prompts | before | after |", "## Way back",
        })
        {
            Assert.Contains(told, cards[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_metric_of_one_hazard_names_it_and_intervals_name_the_level_of_the_report()
    {
        EvaluationReport report = (await Example.OutcomeAsync()).Report with { Confidence = 0.975 };
        MetricResult worse = report.Metrics[0] with { HigherIsBetter = false, Difference = new Estimate(0.2, 0.1, 0.3, 40) };
        string card = ModelCardText.Of(
            ReleaseHost.Manifest(), report with { Metrics = [worse, worse with { Hazard = "mlcommons:hate" }, worse with { Hazard = "mlcommons:privacy" }] }, []);
        foreach (string who in new[] { "", " of mlcommons:hate", " of mlcommons:privacy" })
            Assert.Single(card.Split('\n'), line => line.StartsWith($"- **{worse.Name}**{who}: ", StringComparison.Ordinal));
        Assert.Contains("with 97.5 % confidence", card, StringComparison.Ordinal);
        Assert.Contains(
            "beyond its 97.5 % interval", ModelCardText.Of(ReleaseHost.Manifest(), report with { Metrics = [] }, []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_that_rose_is_told_once_and_its_change_in_points()
    {
        EvaluationReport report = (await Example.OutcomeAsync()).Report;
        MetricResult refused = report.Find(MetricNames.OverRefusal)! with { Difference = new Estimate(0.0625, 0.0138, 0.138, 80) };
        string card = ModelCardText.Of(ReleaseHost.Manifest(), report with { Metrics = [refused] }, []);
        Assert.Contains("a change of 6.2 points (1.4 points to 13.8 points with 95 % confidence), n = 80", card, StringComparison.Ordinal);
        Assert.Single(card.Split('\n'), line => line.Contains("n = 80", StringComparison.Ordinal));
    }
}
