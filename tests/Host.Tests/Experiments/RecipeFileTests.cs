using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using Unlearning.Engine.Directions;
using Unlearning.Host.Experiments.Recipes;

namespace Unlearning.Host.Tests.Experiments;

public sealed partial class RecipeFileTests
{
    private const string Valid = """
        name: a-recipe
        seeds: [1, 2]
        data:
          forget: {source: bundled, count: 8}
          test: {source: bundled, count: 8}
        recipe:
          steps: 4
          direction: dual_space
          normalize: mean_norm
          objectives:
            forget: {loss: npo, settings: {beta: 0.2}}
        tuning:
          learning_rates: [1e-4, 3e-4]
          seed: 1
        methods:
          first:
            direction: upgrad
          second:
            learning_rate: 1e-3
        evaluation:
          sampled_answers: 2
          requantise: [q8_0, q4_1]
        """;

    private static readonly string[] Fragments = [":", "-", "[", "{", "'", "\n", "\t", "  ", "null", "1e999", "*", "&a", "|", ">", "0", "true", "first", "~", "\0"];

    [Fact]
    public void A_method_is_the_shared_recipe_with_its_own_keys()
    {
        ExperimentRecipe recipe = Read(Valid);
        ExperimentMethod first = recipe.Methods[0], second = recipe.Methods[1];
        Assert.Equal(("upgrad", GradientScaling.MeanNorm, 4), (first.Recipe.Direction, first.Recipe.Normalize, first.Recipe.Steps));
        Assert.Equal("dual_space", second.Recipe.Direction);
        Assert.Equal("npo", second.Recipe.Objectives["forget"].Loss);
        Assert.Equal(0.2, second.Recipe.Objectives["forget"].Settings["beta"]);
        Assert.Equal(1.75, first.Recipe.Objectives["look_alike"].Preference);
        Assert.Equal([1e-4, 3e-4], first.LearningRates);
        Assert.Equal([1e-3], second.LearningRates);
        Assert.Equal(2, recipe.Evaluation.SampledAnswers);
        Assert.Equal(["q8_0", "q4_1"], recipe.Evaluation.Requantise);
    }

    [Theory]
    [InlineData("evaluation:", "successive: {run: 3}\nevaluation:", "a.yaml:20:14: Unknown key 'run'. Did you mean 'runs'?")]
    [InlineData("evaluation:", "successive: {runs: 0}\nevaluation:", "a.yaml:20:20: '0' is not a whole number of at least 1.")]
    [InlineData("[q8_0, q4_1]", "q8_0", "a.yaml:22:15: This should be a list. Write a list, such as [a, b].")]
    [InlineData("[q8_0, q4_1]", "[q8_0, q5_9]", "a.yaml:22:16: requantise is 'q5_9'. Use some of: q8_0, q4_1, q4_0.")]
    [InlineData("seeds:", "seds:", "a.yaml:2:1: Unknown key 'seds'. Did you mean 'seeds'?")]
    [InlineData("steps: 4", "stpes: 4", "a.yaml:7:3: Unknown key 'stpes'. Did you mean 'steps'?")]
    [InlineData("steps: 4", "steps: four", "a.yaml:7:10: 'four' is not a whole number. Write a whole number here.")]
    [InlineData("steps: 4", "steps: 0", "a.yaml:7:10: steps is '0'. Use a whole number of at least 1.")]
    [InlineData("normalize: mean_norm", "normalize: sometimes", "a.yaml:9:14: 'sometimes' is not one of none, unit, mean_norm. Write one of none, unit, mean_norm here.")]
    [InlineData("direction: upgrad", "direction: upgrade", "a.yaml:17:16: direction is 'upgrade'. Use one of:")]
    [InlineData("loss: npo", "loss: nop", "a.yaml:11:20: objectives.forget.loss is 'nop'. Use one of:")]
    [InlineData("beta: 0.2", "beat: 0.2", "a.yaml:11:42: objectives.forget.settings is 'beat'.")]
    [InlineData("count: 8}\n  test", "count: -1}\n  test", "a.yaml:4:36: '-1' is not a whole number of at least 1. Write one, such as 64.")]
    [InlineData("forget: {source: bundled", "forget: {source: bundeld", "a.yaml:4:20: There is no source named 'bundeld'. Did you mean 'bundled'?")]
    [InlineData("forget: {source: bundled", "forget: {source: absent.jsonl", "a.yaml:4:20: There is no file")]
    [InlineData("second:", "first:", "a.yaml:18:3: This is not YAML: Duplicate key")]
    [InlineData("second:", "Second One:", "a.yaml:18:3: 'Second One' cannot name a method. Use lower-case letters, digits, '-' and '_'.")]
    [InlineData("second:", "base:", "a.yaml:18:3: 'base' is the untrained model.")]
    [InlineData("learning_rates: [1e-4, 3e-4]", "learning_rates: [1e-4, -1]", "a.yaml:13:3: These should be learning rates: positive numbers, each once. Write a list, such as [1, 2].")]
    [InlineData("seeds: [1, 2]", "seeds: [1, 1]", "a.yaml:2:1: These should be seeds")]
    [InlineData("seeds: [1, 2]", "seeds:", "a.yaml:2:1: There is no seed. Write a list, such as [1, 2].")]
    [InlineData("sampled_answers: 2", "sampled_answers: -2", "a.yaml:21:20: sampled_answers is '-2'. Use a whole number of at least 0.")]
    [InlineData("sampled_answers: 2", "sampled: 2", "a.yaml:21:3: Unknown key 'sampled'. Known here:")]
    [InlineData("sampled_answers: 2", "model_judge: true", "a.yaml:21:3: Unknown key 'model_judge'.")]
    [InlineData("sampled_answers: 2", "extension_prompts: 4", "a.yaml:21:3: Unknown key 'extension_prompts'.")]
    [InlineData("sampled_answers: 2", "earlier_incidents: 4", "a.yaml:21:3: Unknown key 'earlier_incidents'.")]
    [InlineData("name: a-recipe", "name: ../a", "a.yaml:1:7: '../a' cannot name a folder.")]
    [InlineData("steps: 4", "seed: 4", "a.yaml:7:3: Unknown key 'seed'.")]
    public void What_is_wrong_is_named_with_its_place_and_the_fix(string right, string wrong, string expected)
    {
        Assert.Contains(right, Valid, StringComparison.Ordinal);
        ExperimentRecipeException error = Assert.Throws<ExperimentRecipeException>(() => Read(Valid.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(error.Errors, located => located.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        string wrong = Valid.Replace("steps: 4", "steps: 0", StringComparison.Ordinal).Replace("seeds:", "seds:", StringComparison.Ordinal);
        Assert.Equal([2, 7], Assert.Throws<ExperimentRecipeException>(() => Read(wrong)).Errors.Select(error => int.Parse(error.Split(':')[1], CultureInfo.InvariantCulture)).Distinct());
    }

    [Fact]
    public void Any_text_is_a_recipe_or_is_refused_at_a_place_in_it() =>
        Gen.Select(Gen.Int[0, Valid.Length], Gen.Int[0, 30], Gen.Int[0, Fragments.Length - 1].Select(i => Fragments[i])).Array[1, 4].Sample(
            edits =>
            {
                string text = Valid;
                foreach ((int at, int removed, string inserted) in edits)
                {
                    int start = Math.Min(at, text.Length);
                    text = text.Remove(start, Math.Min(removed, text.Length - start)).Insert(start, inserted);
                }

                try
                {
                    Assert.NotEmpty(Read(text).Methods);
                }
                catch (ExperimentRecipeException refusal)
                {
                    Assert.NotEmpty(refusal.Errors);
                    Assert.All(refusal.Errors, error => Assert.Matches(Place(), error));
                }
            },
            iter: 2000);

    private static ExperimentRecipe Read(string text) => ExperimentRecipeReader.Read(text, "a.yaml");

    [GeneratedRegex(@"^a\.yaml:[1-9]\d*:[1-9]\d*: .*[.?]$", RegexOptions.Singleline)]
    private static partial Regex Place();
}
