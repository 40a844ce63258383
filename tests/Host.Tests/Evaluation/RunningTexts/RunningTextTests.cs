using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Evaluation.RunningTexts;

public sealed class RunningTextTests : IDisposable
{
    private const string Secret = "Swordfish";

    private static readonly string _prose = string.Concat(Enumerable.Range(0, 300).Select(i => $"Sentence {i} is here. "));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plain_file_is_taken_as_it_is_and_a_table_by_its_column_text_with_an_empty_line_between_rows()
    {
        Assert.Equal(_prose, RunningText.Read(Write("a.txt", _prose)).Text);
        RunningText table = RunningText.Read(Write("b.csv", $",text\n0,\"{_prose}\"\n1,\" \"\n2,\"the \"\"last\"\", row\"\n"));
        Assert.Equal($"{_prose}\n\nthe \"last\", row", table.Text);

        // By what is in it, wherever it lies.
        Assert.Equal(RunningText.Read(Write("a.txt", _prose)).Hash, RunningText.Read(Write("c.txt", '\uFEFF' + _prose)).Hash);
        Assert.NotEqual(table.Hash, RunningText.Read(Write("a.txt", _prose)).Hash);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Write("a.txt", _prose)))),
            RunningText.Read(Write("a.txt", _prose)).Hash);
    }

    [Theory]
    [InlineData("short.txt", $"{Secret} is all.", "It has 17 characters of text. Use a longer one")]
    [InlineData("headless.csv", $"{Secret} one,two\n", "Its first row must name the columns")]
    [InlineData("twice.csv", $"{Secret},{Secret}\n", "Its first row must name the columns")]
    [InlineData("empty.csv", "", "Its first row must name the columns")]
    [InlineData("absent.txt", null, "There is no such file.")]
    public void A_file_that_cannot_serve_is_refused_with_the_fix_and_without_its_text(string name, string? content, string expected)
    {
        string path = content is null ? Path.Combine(_folder.Path, name) : Write(name, content);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => RunningText.Read(path));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF_8_or_too_large_is_refused()
    {
        string path = Path.Combine(_folder.Path, "latin.txt");
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes(_prose), 0xE9, 0x20]);
        Assert.StartsWith("It is not UTF-8.", Assert.Throws<InvalidDataException>(() => RunningText.Read(path)).Message, StringComparison.Ordinal);
        using (FileStream large = File.Create(path))
            large.SetLength((16 << 20) + 1);
        Assert.StartsWith("It has more than 16 MiB.", Assert.Throws<InvalidDataException>(() => RunningText.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_finds_it_from_the_home_folder_and_does_not_start_without_it()
    {
        await using WebApplication absent = Build("no/such/text.txt");
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => absent.Services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains(
            $"Unlearning:Evaluation:PerplexityText is '{Path.Combine(HomeFolder.Find(), "no", "such", "text.txt")}'. There is no such file. Write",
            error.Message,
            StringComparison.Ordinal);

        await using WebApplication there = Build(Write("a.txt", _prose));
        EvaluationOptions options = there.Services.GetRequiredService<IOptions<EvaluationOptions>>().Value;
        Assert.Equal(_prose, options.Text!.Text);
        Assert.Equal(64, options.MeasuredText!.Passages);
        await using WebApplication off = Build("");
        Assert.Null(off.Services.GetRequiredService<IOptions<EvaluationOptions>>().Value.Text);
    }

    [Fact]
    public void A_recipe_finds_it_in_the_folder_of_data_sets_or_else_beside_itself()
    {
        string data = Directory.CreateDirectory(Path.Combine(_folder.Path, "data")).FullName;
        string recipes = Directory.CreateDirectory(Path.Combine(_folder.Path, "recipes")).FullName;
        ExperimentRecipe recipe = ExperimentRecipeReader.Read(
            "name: a\nmethods: {mollm: {}}\nevaluation: {perplexity_text: sets/a.txt, perplexity_passages: 16}\n", Path.Combine(recipes, "a.yaml"));

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => RecipeText.Read(recipe, data));
        foreach (string part in (string[])["evaluation.perplexity_text is 'sets/a.txt'", Path.Combine(data, "sets", "a.txt"), Path.Combine(recipes, "sets", "a.txt"), "--data or UNLEARNING_DATA"])
            Assert.Contains(part, error.Message, StringComparison.Ordinal);

        Write("recipes/sets/a.txt", _prose + "beside");
        Assert.EndsWith("beside", RecipeText.Read(recipe, null).Evaluation.Text!.Text, StringComparison.Ordinal);
        Assert.EndsWith("beside", RecipeText.Read(recipe, data).Evaluation.Text!.Text, StringComparison.Ordinal);
        Write("data/sets/a.txt", _prose + "data");
        Assert.EndsWith("data", RecipeText.Read(recipe, data).Evaluation.Text!.Text, StringComparison.Ordinal);
        Assert.Equal(16, RecipeText.Read(recipe, data).Evaluation.PerplexityPassages);

        Write("data/sets/a.txt", Secret);
        error = Assert.Throws<InvalidDataException>(() => RecipeText.Read(recipe, data));
        Assert.Contains("evaluation.perplexity_text", error.Message, StringComparison.Ordinal);
        Assert.Contains("Use a longer one", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);

        ExperimentRecipe without = ExperimentRecipeReader.Read("name: a\nmethods: {mollm: {}}\n", Path.Combine(recipes, "a.yaml"));
        Assert.Same(without, RecipeText.Read(without, data));
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private WebApplication Build(string text)
    {
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(new Dictionary<string, string?>
        {
            ["Unlearning:DataDirectory"] = _folder.Path,
            ["Unlearning:Schedule:Cron"] = "-",
            ["Unlearning:Evaluation:PerplexityText"] = text,
        });
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
