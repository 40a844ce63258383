using System.Text.Json;
using CsCheck;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class RougeTests
{
    [SkippableFact]
    [Trait("Category", "Fixtures")]
    public void Precision_recall_and_f_agree_with_the_reference()
    {
        string folder = Environment.GetEnvironmentVariable("UNLEARNING_FIXTURES") ?? Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string path = Path.Combine(folder, "text_metrics", "rouge.json");
        Skip.IfNot(File.Exists(path), $"{path} is not there.");
        using JsonDocument fixture = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement[] pairs = [.. fixture.RootElement.GetProperty("pairs").EnumerateArray()];
        Assert.NotEmpty(pairs);
        foreach (JsonElement pair in pairs)
        {
            string reference = pair.GetProperty("reference").GetString()!, candidate = pair.GetProperty("candidate").GetString()!;
            AssertClose(pair.GetProperty("rouge1"), RougeScore.Unigrams(reference, candidate));
            AssertClose(pair.GetProperty("rougeL"), RougeScore.LongestSubsequence(reference, candidate));
        }
    }

    [Fact]
    public void The_longest_subsequence_is_symmetric_and_never_above_the_words_in_common() =>
        Gen.Select(Gen.Char["abc "].Array, Gen.Char["abc "].Array).Sample((left, right) =>
        {
            string a = new(left), b = new(right);
            RougeScore score = RougeScore.LongestSubsequence(a, b);
            Assert.Equal(score.F, RougeScore.LongestSubsequence(b, a).F, 1e-12);
            Assert.InRange(score.F, 0, RougeScore.Unigrams(a, b).F + 1e-12);
        });

    private static void AssertClose(JsonElement expected, RougeScore actual)
    {
        Assert.Equal(expected.GetProperty("precision").GetDouble(), actual.Precision, 1e-12);
        Assert.Equal(expected.GetProperty("recall").GetDouble(), actual.Recall, 1e-12);
        Assert.Equal(expected.GetProperty("f").GetDouble(), actual.F, 1e-12);
    }
}
