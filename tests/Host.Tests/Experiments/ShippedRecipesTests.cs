using System.Text.RegularExpressions;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Training;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

public sealed partial class ShippedRecipesTests
{
    private static readonly string Home = HomeFolder.Find();

    public static TheoryData<string> Recipes =>
        [.. Directory.EnumerateFiles(Path.Combine(Home, "recipes"), "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Every_method_of_a_shipped_recipe_trains_objectives_by_a_known_rule(string file)
    {
        ExperimentRecipe recipe = Load(file);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), recipe.Name);
        Assert.True(recipe.Methods.Count >= 2);
        Assert.All(recipe.Methods, method =>
        {
            Assert.NotEmpty(method.Description);
            IReadOnlyList<TrainingObjective> objectives = new RunSets([], [], [], [], [], [], "base").Objectives(method.Recipe);
            Assert.NotEmpty(objectives);
            TrainingSettings settings = method.Recipe.ToSettings(objectives.Select(objective => objective.Name));
            Direction.Create(settings.Direction, settings.DirectionOptions);
            Assert.Equal(method.LearningRates[0], method.Recipe.LearningRate);
        });
    }

    [Fact]
    public void The_articles_comparison_has_its_four_methods_and_trains_on_no_refusal()
    {
        ExperimentRecipe recipe = Load("paper.yaml");
        Assert.Equal(["ga", "kl_weighted", "mgda", "mollm"], recipe.Methods.Select(method => method.Name));
        Assert.Equal((PromptSource.PkuSafeRlhf, PromptSource.PkuSafeRlhf), (recipe.Forget.Source, recipe.Test.Source));
        string[][] objectives = [.. recipe.Methods.Select(method =>
            new RunSets([], [], [], [], [], [], "base").Objectives(method.Recipe).Select(objective => $"{objective.Name} {objective.Loss}").ToArray())];
        Assert.Equal(["forget ga"], objectives[0]);
        Assert.Equal(["forget ga", "normal kl", "retain ce"], objectives[1]);
        Assert.Equal(["forget uce", "normal kl", "retain ce"], objectives[2]);
        Assert.Equal(objectives[2], objectives[3]);
    }

    [Fact]
    public void A_rate_of_its_own_keeps_a_method_out_of_the_tuning_and_others_share_the_list()
    {
        ExperimentRecipe recipe = Load("default-model.yaml");
        Assert.All(recipe.Methods, method => Assert.Equal(2, method.LearningRates.Count));
        Assert.Equal([1.5e-3], Load("quick.yaml").Methods[0].LearningRates);
    }

    [Fact]
    public void The_blocks_of_the_documentation_are_recipes_to_the_last_key()
    {
        string text = File.ReadAllText(Path.Combine(Home, "docs", "experiments.md"));
        string[] blocks = [.. Block().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(blocks);
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Path, "sets"));
        File.WriteAllText(Path.Combine(folder.Path, "sets", "leaked.jsonl"), """{"prompt": "p", "answer": "a"}""");
        Assert.All(blocks, block => ExperimentRecipeReader.Read(block, Path.Combine(folder.Path, "example.yaml")));
    }

    private static ExperimentRecipe Load(string file) => ExperimentRecipeReader.Load(Path.Combine(Home, "recipes", file));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
