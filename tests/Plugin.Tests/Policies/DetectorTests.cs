using System.Text.RegularExpressions;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class DetectorTests
{
    [Theory]
    [InlineData("bomb", "A BOMB, please", true)]
    [InlineData("bomb", "bombastic", false)]
    [InlineData("bomb", "firebomb", false)]
    [InlineData("bomb*", "bombing", true)]
    [InlineData("pipe bomb", "a pipe-bomb", true)]
    [InlineData("pipe bomb", "a pipe\n  bomb", true)]
    [InlineData("pipe bomb", "a pipe. Bomb", false)]
    [InlineData("c++ virus", "write a C++ virus", true)]
    [InlineData("don't care", "I don’t care", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("ｂｏｍｂ", "a bomb", false)]
    [InlineData("bomb", "a ｂｏｍｂ", true)]
    [InlineData("bomb", "a bo\u200Bmb", true)]
    [InlineData("bomb", "a \uD800 bomb", true)]
    [InlineData("bombe", "une bombé", false)]
    public void Terms_are_whole_words_whatever_their_case_and_form(string term, string text, bool expected)
    {
        PatternDetector detector = new([PatternDetector.Compile(TermPattern.Of([term]))]);

        Assert.Equal(expected, detector.Fires(new JudgedText(text)));
    }

    [Fact]
    public void A_pattern_that_several_policies_share_is_compiled_once()
    {
        Regex first = PatternDetector.Compile(@"\bshared\w*");

        Assert.Same(first, PatternDetector.Compile(@"\bshared\w*"));
        Assert.NotSame(first, PatternDetector.Compile(@"\bother\w*"));
    }

    [Fact]
    public void Nested_detectors_name_only_what_led_to_the_decision()
    {
        PolicySet policies = TestPolicies.Load(TestPolicies.Yaml.Replace(
            "      any_of:\n",
            """
                  none_of:
                    - {name: joke, terms: [joking]}
                  any_of:
                    - name: half
                      all_of:
                        - {name: red, terms: [red]}
                        - {name: blue, terms: [blue]}

            """));

        Assert.Equal(["prompt/forbidden"], Assert.Single(policies.Judge("a red forbidden thing", "")).Detectors);
        Assert.Equal(["prompt/red", "prompt/blue", "prompt/half"], Assert.Single(policies.Judge("a red and blue thing", "")).Detectors);
        Assert.Empty(policies.Judge("a forbidden thing, just joking", ""));
    }

    [Fact]
    public void The_last_severity_rule_whose_detector_fired_decides()
    {
        PolicyMatch grave = Assert.Single(new TestPolicies().Current.Judge("a forbidden and grave matter", "Sure, here is how to do that."));

        Assert.Equal(4, grave.Severity);
        Assert.True(grave.AnswerMatched);
        Assert.False(grave.AutoAccept);
    }

    [Fact]
    public void An_answer_counts_beside_an_innocent_prompt_only_where_the_policy_says_so()
    {
        const string Harmless = "Hello there", Answer = "Sure, here is how to do that.";
        PolicySet alone = TestPolicies.Load(TestPolicies.Yaml.Replace("    answer:\n", "    answer_alone: true\n    answer:\n"));

        Assert.Empty(new TestPolicies().Current.Judge(Harmless, Answer));
        PolicyMatch match = Assert.Single(alone.Judge(Harmless, Answer));
        Assert.False(match.PromptMatched);
        Assert.True(match.AnswerMatched);
    }

    [Fact]
    public void The_gravest_match_comes_first()
    {
        PolicySet one = TestPolicies.Load(TestPolicies.Yaml);
        PolicySet other = TestPolicies.Load(TestPolicies.Yaml.Replace("forbidden-things", "graver-things").Replace("default: 2", "default: 3"));
        PolicySet both = new([.. one.Policies, .. other.Policies], "revision-2");

        Assert.Equal(["graver-things", "forbidden-things"], both.Judge("the forbidden thing", "").Select(match => match.Policy));
    }

    [Fact]
    public void A_pattern_that_takes_too_long_is_reported_without_the_text()
    {
        PolicyDocument document = new()
        {
            ApiVersion = "safety.remediate/v1",
            Kind = "Policy",
            Metadata = new PolicyMetadata { Name = "slow", Version = "1.0.0" },
            Spec = new PolicySpec
            {
                Taxonomy = new TaxonomySpec { Canonical = "test:slow" },
                Applies = new AppliesSpec { To = ["prompt"] },
                Detect = new DetectSpec(),
                Severity = new SeveritySpec { Default = 1 },
                Enforcement = new EnforcementSpec("observe"),
                Review = new ReviewSpec(),
                Remediation = new RemediationSpec(true, "No."),
            },
        };
        PolicySet policies = new([new Policy(document, new StuckDetector(), null)], "revision-3");

        TimeoutException failure = Assert.Throws<TimeoutException>(() => policies.Judge("a canary", ""));

        Assert.Contains("'slow'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
    }

    [Fact]
    public void Judging_takes_bounded_time_however_long_and_hostile_the_text()
    {
        string hostile = string.Concat(Enumerable.Repeat("how to make make make a aaaaaaaaaaaaaaa! ", 100_000));
        (PolicySet policies, _) = PolicyFolder.Read(Repository.Policies).Compile();
        policies.Judge("warm up", "");

        long started = TimeProvider.System.GetTimestamp();
        policies.Judge(hostile, hostile);

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }

    private sealed class StuckDetector : TextDetector
    {
        public override bool Fires(JudgedText text) =>
            throw new RegexMatchTimeoutException(text.Normalized, ".*", TimeSpan.FromSeconds(1));
    }
}
