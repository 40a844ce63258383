using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Training;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class PromptFileTests
{
    [Theory]
    [InlineData("{", "p.jsonl:2")]
    [InlineData("{\"id\":\"a\",\"text\":\"t\",\"kind\":\"Strange\",\"source\":\"s\"}", "p.jsonl:2")]
    [InlineData("{\"id\":\"a\",\"text\":\"\",\"kind\":\"Harmful\",\"source\":\"s\"}", "must not be empty")]
    [InlineData("{\"id\":\"a\",\"text\":\"t\",\"kind\":\"Ordinary\",\"source\":\"s\"}", "needs an answer")]
    [InlineData("{\"id\":\"first\",\"text\":\"t\",\"kind\":\"Harmful\",\"source\":\"s\"}", "appears twice")]
    public void A_bad_line_is_named(string line, string message)
    {
        using StringReader reader = new("{\"id\":\"first\",\"text\":\"t\",\"kind\":\"Harmful\",\"source\":\"s\"}\n" + line);
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => PromptFile.Read(reader, "p.jsonl")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        IReadOnlyList<EvaluationPrompt> prompts = Prompts.Of(2, 2, 2);
        string path = Path.GetTempFileName();
        try
        {
            PromptFile.Write(path, prompts);
            Assert.Equal(prompts, PromptFile.Read(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Csv_fields_may_hold_commas_quotes_and_line_ends_and_columns_are_found_by_name()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "a,b\r\n1,\"x, \"\"y\"\"\nz\"\n2\n");
            CsvTable table = CsvTable.Read(path);
            Assert.Equal(2, table.Count);
            Assert.Equal("x, \"y\"\nz", table[0, "b"]);
            Assert.Equal("2", table[1, "a"]);
            Assert.Equal(string.Empty, table[1, "b"]);
            Assert.Contains("It has: a, b", Assert.Throws<InvalidDataException>(() => table[0, "c"]).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
