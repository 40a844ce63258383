using System.Text.Json;
using Unlearning.Host.Evaluation.Fluency;

namespace Unlearning.Host.Tests.Evaluation;

[Trait("Category", "Fixtures")]
public sealed class FluencyFixtureTests
{
    private const double Tolerance = 1e-12;

    [SkippableTheory]
    [InlineData(Tokenisation.Whitespace, "whitespace")]
    [InlineData(Tokenisation.Words, "words")]
    [InlineData(Tokenisation.Treebank, "nltk_treebank")]
    public void Words_and_entropies_agree_with_the_reference(Tokenisation tokenisation, string name)
    {
        using JsonDocument fixture = Open();
        foreach (JsonElement entry in fixture.RootElement.GetProperty("texts").EnumerateArray())
        {
            string text = entry.GetProperty("text").GetString()!;
            JsonElement expected = entry.GetProperty(name);
            FluencyScore score = FluencyScore.Of(text, tokenisation);

            Assert.Equal(
                expected.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!),
                WordTokenizer.Split(text, tokenisation));
            AssertClose(expected, "H2", score.BigramEntropy);
            AssertClose(expected, "H3", score.TrigramEntropy);
            AssertClose(expected, "fluency_sum", score.Sum);
            AssertClose(expected, "fluency_mean", score.Mean);
            AssertClose(expected, "distinct_1", score.DistinctWords);
            AssertClose(expected, "distinct_2", score.DistinctBigrams);
            AssertClose(expected, "distinct_3", score.DistinctTrigrams);
        }
    }

    private static void AssertClose(JsonElement expected, string name, double? actual)
    {
        JsonElement value = expected.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(actual);
        }
        else
        {
            Assert.Equal(value.GetDouble(), actual!.Value, Tolerance);
        }
    }

    private static JsonDocument Open()
    {
        string folder = Environment.GetEnvironmentVariable("UNLEARNING_FIXTURES") ?? Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string path = Path.Combine(folder, "text_metrics", "fluency.json");
        Skip.IfNot(File.Exists(path), $"{path} is not there.");
        return JsonDocument.Parse(File.ReadAllText(path));
    }
}
