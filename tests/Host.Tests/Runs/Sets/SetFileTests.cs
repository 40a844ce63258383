using Microsoft.Extensions.Options;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Training;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Runs.Sets;

/// <summary>Sets of one's own: files that objectives read.</summary>
public sealed class SetFileTests : IDisposable
{
    private const string Two = "{\"prompt\": \"one?\", \"answer\": \"first answer\"}\n\n{\"prompt\": \"two?\", \"answer\": \"second answer\"}\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_objective_over_a_file_trains_on_exactly_its_pairs()
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(Directory.CreateDirectory(Path.Combine(_folder.Path, "tiny")).FullName);
        RecipeOptions recipe = Recipe("leaked.jsonl", own => own.Loss = "uce");
        (recipe.Steps, recipe.MaximumTokens, recipe.AnswerTokens, recipe.Rank, recipe.ValidationPrompts) = (1, 300, 4, 2, 1);
        Write("leaked.jsonl", Two);
        RunSets sets = RunSets.FromBytes(Build(engine, recipe).ToBytes());
        TrainingObjective objective = sets.Objectives(recipe).Single(objective => objective.Name == "own");
        Assert.Equal("uce", objective.Loss);
        Assert.Equal(
            [Example(engine, "leaked.jsonl:1", "one?", "first answer"), Example(engine, "leaked.jsonl:3", "two?", "second answer")],
            objective.Examples.Select(example => $"{example.Id} {string.Join(' ', example.Ids)} {string.Join(' ', example.AnswerMask)}"));
        Assert.Equal(2, sets.Sizes()["leaked.jsonl"]);
        UnlearnResult trained = await new UnlearnStage(engine, recipe, _ => { }, TimeProvider.System)
            .RunAsync(Directory.CreateDirectory(Path.Combine(_folder.Path, "run")).FullName, sets, null, "identity", CancellationToken.None);
        Assert.True(Assert.Single(trained.Steps).Losses["own"] > 0);
        trained.Adapter.Dispose();

        // Cut by the objective that reads it.
        recipe.Objectives["own"].AnswerTokens = 5;
        Assert.All(Build(engine, recipe).Files!["leaked.jsonl"], example => Assert.Equal(5, example.AnswerTokens));

        // What is selected is selected: another file, or what the file holds since, is for a run that selects.
        Write("leaked.jsonl", "{\"prompt\": \"three?\", \"answer\": \"third answer\"}");
        Assert.NotEqual(sets.ToBytes(), Build(engine, recipe).ToBytes());
        recipe.Objectives["own"].Set = "other.jsonl";
        Assert.Contains("Retry it from 'select'", Assert.Throws<RunException>(() => sets.Objectives(recipe)).Message, StringComparison.Ordinal);

        Write("other.jsonl", $"{{\"prompt\": \"{new string('x', 400)}\", \"answer\": \"a\"}}");
        Assert.StartsWith(
            "No prompt of 'other.jsonl' leaves room for an answer in 300 tokens.", Assert.Throws<RunException>(() => Build(engine, recipe)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answers_of_two_files_to_the_same_prompt_make_the_pairs_of_a_preference()
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(Directory.CreateDirectory(Path.Combine(_folder.Path, "tiny")).FullName);
        RecipeOptions recipe = Recipe("good.jsonl", own => (own.Loss, own.Rejected) = ("dpo", "bad.jsonl"));
        recipe.MaximumTokens = 300;
        Write("good.jsonl", Two);
        Write("bad.jsonl", "{\"prompt\": \"two?\", \"answer\": \"bad\"}\n{\"prompt\": \"three?\", \"answer\": \"bad\"}");
        Assert.True(new RecipeOptionsValidator().Validate(null, recipe).Succeeded);
        TrainingObjective objective = Build(engine, recipe).Objectives(recipe).Single(objective => objective.Name == "own");
        Assert.Equal(["good.jsonl:3"], objective.Examples.Select(example => example.Id));
        Assert.Equal(["bad.jsonl:1"], objective.Rejected!.Select(example => example.Id));

        // The forgotten answers are to other prompts, which only the sets can tell.
        recipe.Objectives["own"].Rejected = "forget";
        Assert.True(new RecipeOptionsValidator().Validate(null, recipe).Succeeded);
        RunException error = Assert.Throws<RunException>(() => Build(engine, recipe).Objectives(recipe));
        Assert.StartsWith("Objective 'own': no prompt of 'good.jsonl' is also one of 'forget'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "There is no file '{0}'.")]
    [InlineData("\n \n", "'{0}' is empty. Write {{\"prompt\": \"...\", \"answer\": \"...\"}} on every line.")]
    [InlineData("{\"prompt\": \"secret\", \"answer\": \"secret\"}\nsecret\n", "'{0}', line 2: there is no text 'prompt'. Write")]
    [InlineData("{\"prompt\": \"secret\"}\n", "'{0}', line 1: there is no text 'answer'. Write")]
    [InlineData("{\"prompt\": \"secret\", \"answer\": 5}\n", "'{0}', line 1: there is no text 'answer'. Write")]
    [InlineData("[\"secret\"]", "'{0}', line 1: there is no text 'prompt'. Write")]
    public void A_file_that_cannot_be_trained_on_is_refused_at_its_place_in_the_recipe_and_not_quoted(string? content, string expected)
    {
        if (content is not null)
            Write("own.jsonl", content);
        string fault = string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, Path.Combine(_folder.Path, "own.jsonl"));
        foreach (Action<ObjectiveOptions> named in (Action<ObjectiveOptions>[])[own => own.Loss = "ce", own => (own.Set, own.Rejected, own.Loss) = ("refuse", "own.jsonl", "dpo")])
        {
            string failure = Assert.Single(new RecipeOptionsValidator().Validate(null, Recipe("own.jsonl", named)).Failures!);
            Assert.Matches(@"^Unlearning:Recipe:Objectives:own:(Set|Rejected) is 'own\.jsonl'\. ", failure);
            Assert.Contains(fault, failure, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
        }

        ExperimentRecipeException error = Assert.Throws<ExperimentRecipeException>(() => ExperimentRecipeReader.Read(
            "name: a\nmethods:\n  m:\n    objectives:\n      own: {loss: ce, set: own.jsonl}\n", Path.Combine(_folder.Path, "a.yaml")));
        Assert.StartsWith($"{Path.Combine(_folder.Path, "a.yaml")}:5:28: objectives.own.set is 'own.jsonl'. {fault}", Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_of_a_services_recipe_are_relative_to_the_home_folder()
    {
        RecipeOptions recipe = Recipe(Path.Combine("sets", "absent.jsonl"), own => own.Loss = "ce");
        recipe.Folder = null;
        Assert.Contains(
            $"There is no file '{Path.Combine(HomeFolder.Find(), "sets", "absent.jsonl")}'. Write its path relative to the home folder.",
            Assert.Single(new RecipeOptionsValidator().Validate(null, recipe).Failures!),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_to_become_of_a_files_answers_must_be_said_and_what_is_off_needs_no_file()
    {
        Write("own.jsonl", Two);
        Assert.Contains("Give the objective its loss, too", Failure(Recipe("own.jsonl", _ => { })), StringComparison.Ordinal);
        Assert.True(new RecipeOptionsValidator().Validate(null, Recipe("absent.jsonl", own => (own.Loss, own.Enabled) = ("ce", false))).Succeeded);
    }

    [Fact]
    public void One_file_is_cut_at_one_length()
    {
        Write("own.jsonl", Two);
        RecipeOptions recipe = Recipe("own.jsonl", own => (own.Loss, own.AnswerTokens) = ("ce", 5));
        recipe.Objectives["same"] = new ObjectiveOptions { Set = "own.jsonl", Loss = "uce" };
        Assert.True(new RecipeOptionsValidator().Validate(null, recipe).Succeeded);
        recipe.Objectives["same"].AnswerTokens = 6;
        Assert.Equal(
            "Unlearning:Recipe:Objectives:same:AnswerTokens is '6'. Use 5, as 'own' over the same file, or leave it out of one of them.", Failure(recipe));
    }

    [Fact]
    public void Two_files_without_a_prompt_in_common_make_no_pairs_and_are_refused()
    {
        Write("own.jsonl", Two);
        Write("bad.jsonl", "{\"prompt\": \"three?\", \"answer\": \"bad\"}");
        Assert.StartsWith(
            "Unlearning:Recipe:Objectives:own:Rejected is 'bad.jsonl'. Answer prompts in it that 'own.jsonl' answers, too",
            Failure(Recipe("own.jsonl", own => (own.Loss, own.Rejected) = ("dpo", "bad.jsonl"))),
            StringComparison.Ordinal);
    }

    private static string Failure(RecipeOptions recipe)
    {
        ValidateOptionsResult result = new RecipeOptionsValidator().Validate(null, recipe);
        return Assert.Single(result.Failures!);
    }

    private static string Example(LlamaEngine engine, string id, string prompt, string answer)
    {
        AnswerExample example = AnswerExample.Create(id, prompt, answer, engine.Template, engine.Tokenizer);
        return $"{id} {string.Join(' ', example.Ids)} {string.Join(' ', example.AnswerMask)}";
    }

    private static RunSets Build(LlamaEngine engine, RecipeOptions recipe) => SetBuilder.Build(
        [new HarmfulExample("a", "harmful prompt", "harmful answer", "no")],
        [new EvaluationPrompt("b", "harmless prompt", PromptKind.LookAlike, null, "own", "an answer")],
        engine,
        recipe);

    private RecipeOptions Recipe(string set, Action<ObjectiveOptions> with)
    {
        RecipeOptions recipe = new() { Folder = _folder.Path };
        recipe.Objectives["own"] = new ObjectiveOptions { Set = set };
        with(recipe.Objectives["own"]);
        return recipe;
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.Path, name), content);
}
