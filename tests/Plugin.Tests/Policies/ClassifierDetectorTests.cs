using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Loading;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class ClassifierDetectorTests
{
    [Theory]
    [InlineData("toxicity", "You are a stupid worthless idiot and everybody hates you.", true)]
    [InlineData("toxicity", "The meeting was moved to Thursday; the agenda stays as it is.", false)]
    [InlineData("obscenity", "What the fuck is this shit?", true)]
    [InlineData("obscenity", "Cook the rice in salted water for twelve minutes.", false)]
    public void A_text_is_judged_by_how_it_reads(string of, string text, bool expected) =>
        Assert.Equal(expected, new ClassifierDetector(of, 0.5).Fires(new JudgedText(text)));

    [Fact]
    public void A_text_without_a_word_is_nothing() => Assert.False(new ClassifierDetector("toxicity", 0.01).Fires(new JudgedText(" \n")));

    [Fact]
    public void A_policy_names_the_class_and_the_threshold()
    {
        PolicySet policies = TestPolicies.Load(TestPolicies.Yaml.Replace(
            "- {name: forbidden, terms: [forbidden]}", "- {name: rude, classifier: {of: toxicity, threshold: 0.6}}", StringComparison.Ordinal));

        Assert.Equal(["prompt/rude"], Assert.Single(policies.Judge("You stupid worthless idiot, shut up.", "")).Detectors);
        Assert.Empty(policies.Judge("Good morning.", ""));
    }

    [Fact]
    public void An_unknown_class_is_an_error_with_its_place()
    {
        (_, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", TestPolicies.Yaml.Replace(
            "- {name: forbidden, terms: [forbidden]}", "- {name: forbidden, classifier: {of: toxicty}}", StringComparison.Ordinal));

        Assert.Contains("Did you mean 'toxicity'?", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }
}
