using Unlearning.Host.Cli.Incidents;

namespace Unlearning.Host.Tests.Docs;

/// <summary>What the document on privacy and the help tell to type can be typed.</summary>
public sealed class IncidentVerbsTests
{
    private const string Prompt = "    dotnet run --project src/Host -- incidents ";

    public static TheoryData<string> Typed =>
    [
        .. File.ReadLines(Path.Combine(HomeFolder.Find(), "docs", "privacy.md"))
            .Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..])
            .Concat(IncidentsCommand.Create().Subcommands.Append(IncidentsCommand.Create()).SelectMany(command => command.Description!.Split('\n'))
                .Where(line => line.StartsWith("  incidents ", StringComparison.Ordinal)).Select(line => line["  incidents ".Length..].Trim()))
            .Select(line => line.Split('<')[0].Trim()).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_line_that_is_shown_parses(string line) => Assert.Empty(IncidentsCommand.Create().Parse(line).Errors);

    [Fact]
    public void Every_verb_has_examples_and_exit_codes_in_its_help() => Assert.All(IncidentsCommand.Create().Subcommands, verb =>
    {
        Assert.Contains($"  incidents {verb.Name}", verb.Description, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0", verb.Description, StringComparison.Ordinal);
    });
}
