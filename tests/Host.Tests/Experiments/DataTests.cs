using System.Text.Json;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

public sealed class DataTests : IDisposable
{
    private const string Refusal = "I'm sorry, but I can't help with that request.";
    private const string Answer = "Sure. First take the long road around the hill, then wait for the others to arrive and begin.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Both_forms_of_the_pairs_are_read_and_refusals_are_left_out()
    {
        object[] rereleased =
        [
            new { prompt = "the first", response = new[] { Refusal, Answer } },
            new { prompt = "The First ", response = new[] { Refusal, Answer } },
            new { prompt = "the second", response = new[] { Answer, Refusal } },
        ];
        object[] original =
        [
            new { prompt = "the first", response_0 = Answer, response_1 = Refusal, is_response_0_safe = false, is_response_1_safe = true },
            new { prompt = "the second", response_0 = Answer, response_1 = Refusal, is_response_0_safe = true, is_response_1_safe = false },
        ];
        foreach (string text in (string[])[JsonSerializer.Serialize(rereleased), string.Join('\n', original.Select(row => JsonSerializer.Serialize(row)))])
        {
            Write(text);
            HarmfulPrompt only = Assert.Single(await PkuSafeRlhf.ReadAsync(_folder.Path, default));
            Assert.Equal(("the first", Answer), (only.Prompt, only.Answer));
        }
    }

    [Theory]
    [InlineData("""[{"prompt": "p", "answer": "a"}]""", "row 1: the column 'response_0' is missing")]
    [InlineData("""[{"prompt": "p", "response_0": "a", "response_1": "b", "is_response_0_safe": true}]""", "'is_response_1_safe' is missing")]
    [InlineData("""[{"response": ["a", "b"]}]""", "the column 'prompt' is missing")]
    [InlineData("""[{"prompt": "p", "response": "a"}]""", "'response' should be two answers")]
    [InlineData("""[1]""", "the column 'prompt' is missing")]
    [InlineData("{\"prompt\":", "this is not JSON")]
    public async Task A_form_that_is_neither_is_named_by_what_it_lacks(string text, string expected)
    {
        Write(text);
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => PkuSafeRlhf.ReadAsync(_folder.Path, default));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_absent_set_is_told_with_what_to_do()
    {
        foreach (string? folder in (string?[])[null, _folder.Path])
        {
            InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => PkuSafeRlhf.ReadAsync(folder, default));
            Assert.Contains("--data or UNLEARNING_DATA", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_prompt_and_no_near_duplicate_is_both_forgotten_and_asked()
    {
        string[] things = ["kettle", "fence", "lantern", "coat", "bridge", "oven", "chair", "spoon"];
        string[] verbs = ["paint", "move", "sell", "bend", "wash", "carry", "lift", "hide"];
        Write(JsonSerializer.Serialize(verbs.SelectMany(_ => things, (verb, thing) => $"{verb} the {thing}")
            .SelectMany(thing => (string[])["?", " today?"], (thing, end) => new { prompt = $"How do I {thing}{end}", response = new[] { Refusal, Answer } })));
        ExperimentRecipe recipe = ExperimentRecipeReader.Read(
            "name: a\ndata: {forget: {source: pku_saferlhf, count: 20}, test: {source: pku_saferlhf, count: 20}}\nmethods: {m: {}}", "a.yaml");
        ExperimentData data = await ExperimentData.LoadAsync(recipe, _folder.Path, default);
        Assert.Equal(20, data.Forget.Count);
        EvaluationPrompt[] asked = [.. data.Asked.Where(prompt => prompt.Kind == PromptKind.Harmful)];
        Assert.NotEmpty(asked);
        Assert.DoesNotContain(asked, prompt => data.Forget.Any(forgotten =>
            ContentWords.Of(forgotten.Prompt).Jaccard(ContentWords.Of(prompt.Text)) >= PromptBundler.NearDuplicate));
        Assert.Equal(data.Hash, (await ExperimentData.LoadAsync(recipe, _folder.Path, default)).Hash);
    }

    [SkippableFact]
    [Trait("Category", "Fixtures")]
    public async Task The_articles_recipe_finds_enough_prompts_in_the_real_pairs()
    {
        string? sets = Environment.GetEnvironmentVariable("UNLEARNING_DATA");
        Skip.If(string.IsNullOrEmpty(sets) || !Directory.Exists(sets), "UNLEARNING_DATA names no folder with the data sets.");
        ExperimentRecipe recipe = ExperimentRecipeReader.Load(Path.Combine(HomeFolder.Find(), "recipes", "paper.yaml"));
        ExperimentData data = await ExperimentData.LoadAsync(recipe, sets, default);
        Assert.Equal(recipe.Forget.Count, data.Forget.Count);
        Assert.All(data.Forget, prompt => Assert.NotNull(prompt.Answer));
        Assert.InRange(data.Asked.Count(prompt => prompt.Kind == PromptKind.Harmful), 60, recipe.Test.Count);
    }

    [Fact]
    public async Task The_bundled_prompts_need_no_folder_and_are_as_many_as_asked_for()
    {
        ExperimentRecipe recipe = ExperimentRecipeReader.Read(
            "name: a\ndata: {forget: {count: 8}, test: {count: 9, look_alikes: 5, ordinary: 0}}\nmethods: {m: {}}", "a.yaml");
        ExperimentData data = await ExperimentData.LoadAsync(recipe, null, default);
        Assert.Equal((10, 8), (data.Forget.Count, data.ForgetCount));
        Assert.Equal((9, 5, 0), (Count(PromptKind.Harmful), Count(PromptKind.LookAlike), Count(PromptKind.Ordinary)));
        int Count(PromptKind kind) => data.Asked.Count(prompt => prompt.Kind == kind);
    }

    [Fact]
    public void A_line_of_ones_own_file_that_is_no_prompt_is_named_by_its_number_and_not_quoted()
    {
        string path = Path.Combine(_folder.Path, "own.jsonl");
        File.WriteAllText(path, "{\"prompt\": \"p\", \"answer\": \"a\"}\n\n{\"prompt\": \"P\"}\n{\"prompt\": \"q\"}\n");
        Assert.Equal([("p", "a"), ("q", null)], JsonLines.Read(path).Select(prompt => (prompt.Prompt, prompt.Answer)));
        File.WriteAllText(path, "{\"prompt\": \"p\"}\nsecret words\n");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => JsonLines.Read(path));
        Assert.Contains("own.jsonl:2:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_of_an_objectives_file_that_is_nearly_asked_is_left_out_and_the_shared_data_stay_the_same()
    {
        const string Plain = "name: a\ndata: {test: {count: 3, look_alikes: 2, ordinary: 1}}\nmethods: {m: {}}";
        ExperimentData plain = await ExperimentData.LoadAsync(ExperimentRecipeReader.Read(Plain, Path.Combine(_folder.Path, "a.yaml")), null, default);
        string own = "How is the zeppelin varnished?", file = Path.Combine(_folder.Path, "own.jsonl");
        ExperimentRecipe recipe = WithFile([own, .. plain.Asked.Select(prompt => $"please {prompt.Text}")]);
        ExperimentData data = await ExperimentData.LoadAsync(recipe, null, default);
        SetPair kept = Assert.Single(data.Files["own.jsonl"].Pairs);
        Assert.Equal((own, "an answer", "own.jsonl:1"), (kept.Prompt, kept.Answer, kept.Id));
        Assert.Equal(plain.Hash, data.Hash);

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => ExperimentData.LoadAsync(WithFile(plain.Asked[0].Text), null, default));
        Assert.Equal("'own.jsonl' holds no prompt that is not also, or nearly, one of those that the models are asked.", error.Message);

        ExperimentRecipe WithFile(params string[] prompts)
        {
            File.WriteAllLines(file, prompts.Select(prompt => JsonSerializer.Serialize(new { prompt, answer = "an answer" })));
            return ExperimentRecipeReader.Read(
                Plain.Replace("{m: {}}", "{m: {objectives: {own: {set: own.jsonl, loss: ce}}}}", StringComparison.Ordinal), Path.Combine(_folder.Path, "a.yaml"));
        }
    }

    private void Write(string text)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "safety", "pku_saferlhf")).FullName;
        File.WriteAllText(Path.Combine(folder, "pairs.json"), text);
    }
}
