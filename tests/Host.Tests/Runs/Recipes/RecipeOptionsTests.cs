using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Tests.Runs.Recipes;

public sealed class RecipeOptionsTests
{
    [Theory]
    [InlineData("Steps", "0", "at least 1")]
    [InlineData("LearningRate", "-1", "positive")]
    [InlineData("LearningRate", "NaN", "positive")]
    [InlineData("ValidationBroken", "2", "from 0 to 1")]
    [InlineData("ValidationFluency", "95", "from 0 to 1")]
    [InlineData("Direction", "dual-space", "dual_space")]
    [InlineData("Optimizer", "adam", "sgd, adamw")]
    [InlineData("Objectives:retains:BatchSize", "2", "forget, normal, retain, look_alike, refuse")]
    [InlineData("Objectives:forget:BatchSize", "0", "at least 1")]
    [InlineData("Objectives:forget:AnswerTokens", "0", "at least 1")]
    [InlineData("Objectives:forget:Preference", "0", "positive")]
    [InlineData("Objectives:forget:Loss", "nop", "npo")]
    [InlineData("Objectives:forget:Loss", "dpo", "needs the set of the answers to reject")]
    [InlineData("Objectives:forget:Rejected", "retain", "reads no pairs")]
    [InlineData("Objectives:forget:Settings:beta", "1", "Did you mean 'factor'?")]
    [InlineData("Objectives:forget:Settings:factor", "2", "at most 1")]
    [InlineData("Objectives:second:Set", "forgets", "Did you mean 'forget'? Use one of: forget, normal, retain, look_alike, refuse, or the path of a .jsonl file.")]
    [InlineData("Objectives:second:Set", "leaked.json", "or the path of a .jsonl file.")]
    [InlineData("RescaleCap", "0.5", "at least 1")]
    [InlineData("InactiveThreshold", "1", "from 0 to below 1")]
    [InlineData("InactiveThreshold", "-1E-07", "from 0 to below 1")]
    [InlineData("InactiveThreshold", "NaN", "from 0 to below 1")]
    public void A_value_that_cannot_train_is_refused_with_its_key_and_the_fix(string key, string value, string fix)
    {
        ValidateOptionsResult result = new RecipeOptionsValidator().Validate(null, Bind(key, value));
        Assert.True(result.Failed);
        string failure = Assert.Single(result.Failures);
        Assert.StartsWith($"{RecipeOptions.SectionName}:{string.Join(':', key.Split(':').Take(2))}", failure, StringComparison.Ordinal);
        Assert.Contains(fix, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_settings_and_the_defaults_are_the_same_recipe()
    {
        RecipeOptions shipped = new(), defaults = new();
        new ConfigurationBuilder().AddJsonFile(Path.Combine(HomeFolder.Find(), "appsettings.json")).Build()
            .GetSection(RecipeOptions.SectionName).Bind(shipped);
        Assert.True(new RecipeOptionsValidator().Validate(null, shipped).Succeeded);
        Assert.Equivalent(defaults, shipped, strict: true);
    }

    [Fact]
    public void The_threshold_of_inactive_gradients_is_the_recipes_or_goes_by_precision()
    {
        Assert.Equal(1e-5, Bind("InactiveThreshold", "1e-5").ToSettings(RunSets.Names).InactiveThreshold);
        Assert.Null(new RecipeOptions().ToSettings(RunSets.Names).InactiveThreshold);
    }

    [Fact]
    public void Batch_sizes_and_preferences_reach_the_objectives_they_are_named_for()
    {
        RecipeOptions recipe = Bind("Objectives:retain:BatchSize", "7");
        recipe.Objectives["retain"].Preference = 5;
        IReadOnlyList<TrainingObjective> objectives = new RunSets([], [], [], [], [], [], "base").Objectives(recipe);
        int retain = objectives.Select(objective => objective.Name).ToList().IndexOf("retain");
        Assert.Equal(RunSets.Names, objectives.Select(objective => objective.Name));
        Assert.Equal(7, objectives[retain].BatchSize);
        Assert.Equal(5, recipe.ToSettings(RunSets.Names).DirectionOptions.Preferences![retain]);
    }

    [Fact]
    public void Answers_to_the_same_prompt_make_the_pairs_of_a_preference()
    {
        AnswerExample[] forget = [Example("f1", 1, 7), Example("f2", 2, 7)], refuse = [Example("r2", 2, 8), Example("r3", 3, 8)];
        RecipeOptions recipe = Bind("Objectives:refuse:Loss", "dpo");
        recipe.Objectives["refuse"].Rejected = "forget";
        Assert.True(new RecipeOptionsValidator().Validate(null, recipe).Succeeded);
        TrainingObjective objective = new RunSets(forget, [], [], [], refuse, [], "base").Objectives(recipe).Single(o => o.Name == "refuse");
        Assert.Equal(["r2"], objective.Examples.Select(example => example.Id));
        Assert.Equal(["f2"], objective.Rejected!.Select(example => example.Id));

        static AnswerExample Example(string id, int prompt, int answer) => new(id, [1, prompt, answer], [false, false, true]);
    }

    private static RecipeOptions Bind(string key, string value)
    {
        RecipeOptions recipe = new();
        new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build().Bind(recipe);
        return recipe;
    }
}
