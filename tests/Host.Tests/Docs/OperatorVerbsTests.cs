using System.CommandLine;
using Unlearning.Host.Cli.Audit;
using Unlearning.Host.Cli.Keys;
using Unlearning.Host.Cli.Releases;
using Unlearning.Host.Cli.Runs;

namespace Unlearning.Host.Tests.Docs;

/// <summary>What the documents and the help tell an operator to type can be typed.</summary>
public sealed class OperatorVerbsTests
{
    private const string Start = "    dotnet run --project src/Host -- ";

    private static readonly string[] Documents = ["README.md", "docs/runs.md", "docs/releases.md", "docs/operations.md"];

    public static TheoryData<string> Typed =>
    [
        .. Documents.SelectMany(file => File.ReadLines(Path.Combine(HomeFolder.Find(), file)))
            .Where(line => line.StartsWith(Start, StringComparison.Ordinal)).Select(line => line[Start.Length..])
            .Concat(Verbs().SelectMany(verb => verb.Subcommands.Append(verb)).SelectMany(command => command.Description!.Split('\n'))
                .Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim()))
            .Where(line => Verbs().Any(verb => line.StartsWith(verb.Name + " ", StringComparison.Ordinal))).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_line_that_is_shown_parses(string line)
    {
        RootCommand root = [.. Verbs()];
        Assert.Empty(root.Parse(line).Errors);
    }

    [Fact]
    public void Every_verb_has_examples_and_exit_codes_in_its_help() => Assert.All(
        Verbs().SelectMany(verb => verb.Subcommands.Select(command => (verb, command))),
        pair =>
        {
            Assert.Contains($"  {pair.verb.Name} {pair.command.Name}", pair.command.Description, StringComparison.Ordinal);
            Assert.Contains("Exit codes: 0", pair.command.Description, StringComparison.Ordinal);
        });

    private static Command[] Verbs() => [KeysCommand.Create(), AuditCommand.Create(), RunsCommand.Create(), ReleasesCommand.Create()];
}
