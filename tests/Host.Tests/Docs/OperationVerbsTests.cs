using System.CommandLine;
using Unlearning.Host.Cli.Backups;
using Unlearning.Host.Cli.Doctor;

namespace Unlearning.Host.Tests.Docs;

/// <summary>What docs/operations.md and the help tell to type can be typed.</summary>
public sealed class OperationVerbsTests
{
    private const string Prompt = "    dotnet run --project src/Host -- ";

    private static readonly Command[] Verbs = [BackupCommand.Create(), RestoreCommand.Create(), DoctorCommand.Create(), HealthCommand.Create()];

    private static IEnumerable<string> Documented => File.ReadLines(Path.Combine(HomeFolder.Find(), "docs", "operations.md"))
        .Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..]);

    public static TheoryData<string> Typed =>
    [
        .. Documented.Concat(Verbs.SelectMany(verb => verb.Description!.Split('\n')
            .Where(line => line.StartsWith($"  {verb.Name}", StringComparison.Ordinal)).Select(line => line.Trim())))
            .Where(line => Verbs.Any(verb => line.Split(' ')[0] == verb.Name)).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_line_that_is_shown_parses(string line)
    {
        RootCommand root = [.. Verbs];
        Assert.Empty(root.Parse(line).Errors);
    }

    [Fact]
    public void Every_verb_is_shown_in_the_document_and_has_examples_and_exit_codes_in_its_help() => Assert.All(Verbs, verb =>
    {
        Assert.Contains(Documented, line => line.StartsWith(verb.Name, StringComparison.Ordinal));
        Assert.Contains($"\n  {verb.Name}", verb.Description, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0", verb.Description, StringComparison.Ordinal);
    });

    [Fact]
    public void An_installed_tool_keeps_its_data_with_the_user_and_any_other_copy_at_home()
    {
        using Storage.TemporaryFolder program = new();
        Assert.Equal("/home/of/it", HomeFolder.ForData("/home/of/it", program.Path));
        File.WriteAllText(Path.Combine(program.Path, "DotnetToolSettings.xml"), "");
        Assert.Equal(
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "unlearning"),
            HomeFolder.ForData("/home/of/it", program.Path));
    }
}
