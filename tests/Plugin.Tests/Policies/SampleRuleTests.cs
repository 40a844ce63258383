using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class SampleRuleTests
{
    [Theory]
    [InlineData(1, 10_000, 10_000)]
    [InlineData(0.1, 880, 1_120)]
    [InlineData(0.5, 4_800, 5_200)]
    public void About_the_share_is_taken_and_the_same_ones_each_time(double share, int least, int most)
    {
        SampleRule rule = new(share), again = new(share);
        string[] ids = [.. Enumerable.Range(0, 10_000).Select(i => $"{i:x32}")];

        Assert.InRange(ids.Count(rule.Takes), least, most);
        Assert.Equal(ids.Where(rule.Takes), ids.Where(again.Takes));
    }

    [Fact]
    public async Task A_sample_thins_incidents_and_never_refusals()
    {
        string yaml = TestPolicies.Yaml
            .Replace("mode: observe", "mode: refuse", StringComparison.Ordinal)
            .Replace("  review:", "  capture: {sample: 0.000001}\n  review:", StringComparison.Ordinal);
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(new FixedPolicies(TestPolicies.Load(yaml)));
            services.AddChatClient(new FakeChatClient("An answer of more than a few words.")).UseSafetyCapture();
        });

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ChatFinishReason.ContentFilter, (await app.ChatClient.GetResponseAsync("forbidden")).FinishReason);
        }

        Assert.Empty(app.Sink.Reports);
    }
}
