using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Docs;

/// <summary>docs/methods.md names every method, and its recipes are ones that train.</summary>
public sealed class MethodsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly string Text = File.ReadAllText(Path.Combine(HomeFolder.Find(), "docs", "methods.md"));

    private static readonly string[] Blocks = [.. Text.Split("```json\n").Skip(1).Select(part => part.Split("```")[0])];

    public static TheoryData<string> Recipes => [.. Blocks];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Its_recipes_are_read_to_the_last_key_and_pass_the_check(string block)
    {
        RecipeOptions recipe = Bind(block);
        recipe.Folder = _folder.Path;
        Directory.CreateDirectory(Path.Combine(_folder.Path, "sets"));
        File.WriteAllText(Path.Combine(_folder.Path, "sets", "leaked.jsonl"), """{"prompt": "p", "answer": "a"}""");
        ValidateOptionsResult result = new RecipeOptionsValidator().Validate(null, recipe);
        Assert.True(result.Succeeded, result.FailureMessage);

        RunSets sets = new([], [], [], [], [], [], "base") { Files = SetFile.NamedIn(recipe).ToDictionary(file => file, _ => (IReadOnlyList<AnswerExample>)[]) };
        IReadOnlyList<TrainingObjective> objectives = sets.Objectives(recipe);
        TrainingSettings settings = recipe.ToSettings(objectives.Select(objective => objective.Name));
        Assert.Equal(objectives.Count, settings.DirectionOptions.Preferences!.Count);
        Direction.Create(settings.Direction, settings.DirectionOptions);
    }

    [Fact]
    public void It_has_a_row_for_every_objective_and_every_direction() =>
        Assert.All([.. Objective.Names, .. Direction.Names], name => Assert.Contains($"\n| `{name}` |", Text, StringComparison.Ordinal));

    [Fact]
    public void GradDiff_has_two_objectives_and_their_weights()
    {
        RecipeOptions recipe = Bind(Blocks.Single(block => block.Contains("\"ga\" }", StringComparison.Ordinal)));
        IReadOnlyList<TrainingObjective> objectives = new RunSets([], [], [], [], [], [], "base").Objectives(recipe);
        Assert.Equal([("forget", "ga"), ("retain", "ce")], objectives.Select(objective => (objective.Name, objective.Loss)));
        Assert.Equal("weighted_sum", recipe.Direction);
    }

    [Fact]
    public void A_further_objective_is_a_line()
    {
        RecipeOptions recipe = Bind(Blocks.Single(block => block.Contains("simnpo", StringComparison.Ordinal)));
        IReadOnlyList<TrainingObjective> objectives = new RunSets([], [], [], [], [], [], "base").Objectives(recipe);
        Assert.Equal([.. RunSets.Names, "forget_by_likelihood"], objectives.Select(objective => objective.Name));
        Assert.Equal(0.5, recipe.ToSettings(objectives.Select(objective => objective.Name)).DirectionOptions.Preferences![^1]);
    }

    private static RecipeOptions Bind(string block)
    {
        using MemoryStream json = new(Encoding.UTF8.GetBytes(block));
        IConfigurationSection section = new ConfigurationBuilder().AddJsonStream(json).Build().GetSection(RecipeOptions.SectionName);
        Assert.True(section.Exists(), JsonSerializer.Serialize(block));
        RecipeOptions recipe = new();
        section.Bind(recipe, options => options.ErrorOnUnknownConfiguration = true);
        return recipe;
    }
}
