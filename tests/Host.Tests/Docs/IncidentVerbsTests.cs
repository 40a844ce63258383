using System.Globalization;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Tests.Cli.Incidents;
using Unlearning.Host.Tests.Incidents;

namespace Unlearning.Host.Tests.Docs;

/// <summary>What the documents and the help tell to type can be typed.</summary>
public sealed class IncidentVerbsTests
{
    private const string Prompt = "    dotnet run --project src/Host -- incidents ";

    public static TheoryData<string> Typed =>
    [
        .. Documents
            .Concat(IncidentsCommand.Create().Subcommands.Append(IncidentsCommand.Create()).SelectMany(command => command.Description!.Split('\n'))
                .Where(line => line.StartsWith("  incidents ", StringComparison.Ordinal)).Select(line => line["  incidents ".Length..].Trim()))
            .Select(line => line.Split('<')[0].Trim()).Distinct(),
    ];

    private static IEnumerable<string> Documents => ((string[])["README.md", "docs/incidents.md", "docs/privacy.md"])
        .SelectMany(file => File.ReadLines(Path.Combine(HomeFolder.Find(), file)))
        .Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..]);

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_line_that_is_shown_parses(string line) => Assert.Empty(IncidentsCommand.Create().Parse(line).Errors);

    [Fact]
    public void Every_verb_is_shown_in_the_documents_and_has_examples_and_exit_codes_in_its_help() =>
        Assert.All(IncidentsCommand.Create().Subcommands, verb =>
        {
            Assert.Contains(Documents, line => line.StartsWith(verb.Name, StringComparison.Ordinal));
            Assert.Contains($"  incidents {verb.Name}", verb.Description, StringComparison.Ordinal);
            Assert.Contains("Exit codes: 0", verb.Description, StringComparison.Ordinal);
        });

    [Fact]
    public async Task The_walk_through_incidents_can_be_walked()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        cli.Input = "q\n";
        foreach (string id in new[] { "019a2c4e", "019a2c51" })
        {
            // The document's ids begin with these digits, which are the time of first sight.
            DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 16);
            await cli.RecordAsync(Observe.Harmful(id) with { At = at });
        }

        string[] walk = [.. File.ReadLines(Path.Combine(HomeFolder.Find(), "docs", "incidents.md"))
            .Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..])];
        Assert.Contains(walk, line => line.StartsWith("confirm 019a2c4e", StringComparison.Ordinal));
        foreach (string line in walk)
            Assert.True(await cli.RunAsync(line.Split(' ')) == 0, $"{line}: {cli.Errors}");
    }
}
