using Unlearning.Host.Cli.Policies;

namespace Unlearning.Host.Tests.Docs;

/// <summary>What the documents and the help tell to type can be typed.</summary>
public sealed class PolicyVerbsTests
{
    private const string Prompt = "    dotnet run --project src/Host -- policy ";

    public static TheoryData<string> Typed => [.. Documents.Concat(Help).Distinct()];

    private static IEnumerable<string> Documents => ((string[])["README.md", Path.Combine("policies", "README.md")])
        .SelectMany(file => File.ReadLines(Path.Combine(HomeFolder.Find(), file)))
        .Where(line => line.StartsWith(Prompt, StringComparison.Ordinal))
        .Select(line => line[Prompt.Length..]);

    private static IEnumerable<string> Help => PolicyCommand.Create().Subcommands.Append(PolicyCommand.Create())
        .SelectMany(command => command.Description!.Split('\n'))
        .Where(line => line.StartsWith("  policy ", StringComparison.Ordinal))
        .Select(line => line["  policy ".Length..].Trim());

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_line_that_is_shown_parses(string line) => Assert.Empty(PolicyCommand.Create().Parse(line).Errors);

    [Fact]
    public void Every_verb_is_shown_in_the_documents_and_has_examples_and_exit_codes_in_its_help() =>
        Assert.All(PolicyCommand.Create().Subcommands, verb =>
        {
            Assert.Contains(Documents, line => line.StartsWith(verb.Name, StringComparison.Ordinal));
            Assert.Contains($"  policy {verb.Name}", verb.Description, StringComparison.Ordinal);
            Assert.Contains("Exit codes: 0", verb.Description, StringComparison.Ordinal);
        });
}
