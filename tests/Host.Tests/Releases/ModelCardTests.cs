using System.Text.Json;
using Unlearning.Host.Releases;
using Unlearning.Host.Tests.Reports;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Releases;

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
}
