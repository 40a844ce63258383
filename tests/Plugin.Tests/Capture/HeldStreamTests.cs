using CsCheck;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class HeldStreamTests
{
    private const string Refusal = "I would rather not.";

    // Whole and in parts, glued to other words, in other forms of the same letters (some of them surrogate pairs), and more.
    private static readonly string[] _fragments =
    [
        "kaboom", "KABOOM", "kab", "oom", "kaboomx", "xkaboom", "ｋａｂｏｏｍ", "𝐤", "x", "é", "e\u0301", "\u0301", "漢字", "，", "。", "😀",
        " ", " ", " ", "\n", ".", "-", "'", "_", "7", "plain words of no harm", "and more of them, one after another.",
    ];

    [Fact]
    public void Whatever_the_text_and_its_chunks_no_match_goes_out_and_nothing_harmless_is_lost()
    {
        Gen<(string Text, int[] Sizes, int Window)> cases =
            from text in Gen.Int[0, _fragments.Length - 1].Select(i => _fragments[i]).Array[0, 30].Select(string.Concat)
            from sizes in Gen.Int[1, 12].Array[1, 8]
            from window in Gen.Int[1, 40]
            select (text, sizes, window);

        cases.Sample(
            sample =>
            {
                PolicySet policies = FixedPolicies.OnAnswer($"refuse, hold_back: {sample.Window}").Current;
                bool harmful = policies.Judge("", sample.Text).Count > 0;
                string received = Stream(policies, Cut(sample.Text, sample.Sizes), out ChatFinishReason? reason);
                if (!harmful)
                {
                    return received == sample.Text && reason is null;
                }

                string seen = received[..^Refusal.Length];
                seen = seen.EndsWith("\n\n", StringComparison.Ordinal) ? seen[..^2] : seen;
                return reason == ChatFinishReason.ContentFilter
                    && received.EndsWith(Refusal, StringComparison.Ordinal)
                    && sample.Text.StartsWith(seen, StringComparison.Ordinal)
                    && policies.Judge("", seen).Count == 0;
            },
            iter: 3_000,
            threads: 1);
    }

    [Fact]
    public void Not_even_the_beginning_of_a_match_that_fits_the_window_goes_out()
    {
        Gen<(string Text, int[] Sizes, int Window)> cases =
            from before in Gen.String[Gen.Char["ab ,."], 0, 150]
            from after in Gen.String[Gen.Char["ab ,."], 0, 60]
            from sizes in Gen.Int[1, 20].Array[1, 8]
            from window in Gen.Int[14, 40]
            select ($"{before} mix the kaboom {after}", sizes, window);

        cases.Sample(
            sample =>
            {
                PolicySet policies = FixedPolicies.OnAnswer($"refuse, hold_back: {sample.Window}", "mix the kaboom").Current;
                string received = Stream(policies, Cut(sample.Text, sample.Sizes), out _);
                string seen = received[..^Refusal.Length].TrimEnd('\n');
                return seen.Length <= sample.Text.IndexOf("mix", StringComparison.Ordinal)
                    && sample.Text.StartsWith(seen, StringComparison.Ordinal);
            },
            iter: 2_000,
            threads: 1);
    }

    [Fact]
    public async Task A_long_answer_flows_while_it_is_judged()
    {
        PiecewiseChatClient model = new(Enumerable.Repeat("harmless words ", 400));
        using TestApp app = AppWith(FixedPolicies.OnAnswer("refuse, hold_back: 60"), model);
        int received = 0, widest = 0;

        await foreach (ChatResponseUpdate _ in app.ChatClient.GetStreamingResponseAsync("hello"))
        {
            widest = Math.Max(widest, model.Asked - ++received);
        }

        Assert.Equal(400, received);
        Assert.InRange(widest, 4, 60);
    }

    [Fact]
    public async Task Judging_a_growing_text_again_and_again_costs_in_proportion_to_its_length()
    {
        CountingDetector counting = new();
        PiecewiseChatClient model = new(Enumerable.Repeat("word ", 12_000));
        using TestApp app = AppWith(new FixedPolicies(FixedPolicies.Of(counting, onPrompt: false, new EnforcementSpec("refuse"))), model);

        ChatResponse response = await app.ChatClient.GetStreamingResponseAsync("hello").ToChatResponseAsync();

        Assert.Equal(60_000, response.Text.Length);
        Assert.InRange(counting.Characters, 60_000, 60_000 * 24);
    }

    [Theory]
    [InlineData("observe")]
    [InlineData("warn")]
    [InlineData("refuse")]
    public async Task Where_no_answer_would_be_refused_each_update_passes_at_once_and_untouched(string mode)
    {
        ChatResponseUpdate[] updates = [.. Enumerable.Range(0, 50).Select(i => new ChatResponseUpdate(ChatRole.Assistant, $"word{i} "))];
        PiecewiseChatClient model = new(updates);
        using TestApp app = AppWith(FixedPolicies.OnPrompt(mode), model);
        int received = 0;

        await foreach (ChatResponseUpdate update in app.ChatClient.GetStreamingResponseAsync("an ordinary question"))
        {
            Assert.Same(updates[received++], update);
            Assert.Equal(received, model.Asked);
        }

        Assert.Equal(50, received);
    }

    private static IEnumerable<string> Cut(string text, int[] sizes)
    {
        for (int at = 0, i = 0; at < text.Length; at += sizes[i++ % sizes.Length])
        {
            yield return text.Substring(at, Math.Min(sizes[i % sizes.Length], text.Length - at));
        }
    }

    private static string Stream(PolicySet policies, IEnumerable<string> chunks, out ChatFinishReason? reason)
    {
        using TestApp app = AppWith(new FixedPolicies(policies), new PiecewiseChatClient(chunks));
        List<ChatResponseUpdate> updates = app.ChatClient.GetStreamingResponseAsync("hello").ToBlockingEnumerable().ToList();
        reason = updates.ToChatResponse().FinishReason;
        return string.Concat(updates.Select(update => update.Text));
    }

    private static TestApp AppWith(IPolicySource policies, IChatClient model) => new(services =>
    {
        services.AddSingleton(policies);
        services.AddChatClient(model).UseSafetyCapture();
    });

    private sealed class CountingDetector : TextDetector
    {
        public long Characters { get; private set; }

        public override bool Fires(JudgedText text)
        {
            Characters += text.Normalized.Length;
            return false;
        }
    }
}
