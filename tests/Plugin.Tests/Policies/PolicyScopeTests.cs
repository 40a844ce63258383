using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class PolicyScopeTests
{
    [Theory]
    [InlineData("helpdesk", null, "helpdesk", true)]
    [InlineData("help*", null, "HelpDesk", true)]
    [InlineData("shop.*", null, "shop.checkout", true)]
    [InlineData("shop.*", null, "helpdesk", false)]
    [InlineData("mail-*", "mail-send", null, true)]
    [InlineData("mail-*", "files-read", null, false)]
    [InlineData("mail-*", "mail-send", "helpdesk", false)]
    [InlineData("mail-*", null, null, true)]
    public void A_workload_is_the_calls_tag_or_else_its_function_and_an_unknown_one_is_covered(
        string wanted, string? function, string? tag, bool covered) =>
        Assert.Equal(covered, new PolicyScope(new AppliesSpec { To = [], Workloads = [wanted] }).Covers(Call(function, "workload", tag)));

    [Theory]
    [InlineData("de", "de", true)]
    [InlineData("de", "de-AT", true)]
    [InlineData("DE-at", "de-AT", true)]
    [InlineData("de-AT", "de", false)]
    [InlineData("de", "den", false)]
    [InlineData("*", "fr", true)]
    [InlineData("de", null, true)]
    public void A_language_covers_its_regions_and_an_unknown_one_is_covered(string wanted, string? tag, bool covered) =>
        Assert.Equal(covered, new PolicyScope(new AppliesSpec { To = [], Locales = [wanted] }).Covers(Call(null, "locale", tag)));

    [Theory]
    [InlineData("observe", "helpdesk", 1)]
    [InlineData("observe", "shop", 0)]
    [InlineData("refuse", "helpdesk", 1)]
    [InlineData("refuse", "shop", 0)]
    public async Task A_policy_of_another_workload_neither_reports_nor_refuses(string mode, string workload, int incidents)
    {
        string yaml = TestPolicies.Yaml
            .Replace("applies: {to: [prompt, response]}", "applies: {to: [prompt, response], workloads: [helpdesk]}", StringComparison.Ordinal)
            .Replace("mode: observe", $"mode: {mode}", StringComparison.Ordinal);
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(new FixedPolicies(TestPolicies.Load(yaml)));
            services.AddChatClient(new FakeChatClient("An answer of more than a few words.")).UseSafetyCapture();
        });

        ChatResponse response;
        using (CaptureContext.Begin("user-7", new Dictionary<string, string> { ["workload"] = workload }))
        {
            response = await app.ChatClient.GetResponseAsync("forbidden");
        }

        Assert.Equal(incidents, app.Sink.Reports.Count);
        Assert.Equal(mode == "refuse" && incidents > 0, response.FinishReason == ChatFinishReason.ContentFilter);
    }

    private static Interaction Call(string? function, string tag, string? value) => new()
    {
        Id = "1",
        Prompt = "",
        Answer = "",
        Function = function,
        Tags = value is null ? CaptureContext.NoTags : new Dictionary<string, string> { [tag] = value },
    };
}
