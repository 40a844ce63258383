using System.CommandLine;
using System.Text.Json.Nodes;
using Unlearning.Engine.Weights;
using Unlearning.Host.Cli.Audit;
using Unlearning.Host.Cli.Backups;
using Unlearning.Host.Cli.Doctor;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Cli.Keys;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Cli.Releases;
using Unlearning.Host.Cli.Runs;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Tests.Cli.Terminal;

public sealed class VerbTests
{
    [Fact]
    public async Task What_can_go_wrong_in_a_verb_is_one_line_on_standard_error_and_exit_code_one()
    {
        (Exception Failure, string Said)[] expected =
        [
            (new IOException("The disk is full. Free some space."), "The disk is full. Free some space."),
            (new ReleaseException("r1", "it was changed", "Restore it"), "r1: it was changed. Restore it."),
            (new CheckpointException("m.gguf", "it is no model", "Name another."), "m.gguf: it is no model. Name another."),
            (new RunException("There is no such stage", "Name another"), "There is no such stage. Name another."),
            (new OperationCanceledException(), "Stopped half way."),
        ];
        foreach ((Exception failure, string said) in expected)
        {
            VerbRun run = await VerbRun.OfAsync(Verb.Of(new Command("work"), int (_, _) => throw failure, "Stopped half way."));
            Assert.Equal((1, "", said), (run.Code, run.Output, run.Errors.TrimEnd()));
        }
    }

    [Fact]
    public async Task A_result_is_said_as_text_or_as_JSON_and_never_as_both()
    {
        VerbRun text = await VerbRun.OfAsync(Saying()), json = await VerbRun.OfAsync(Saying(), "--json");

        Assert.Equal((2, "three"), (text.Code, text.Output.TrimEnd()));
        Assert.Equal((2, 3), (json.Code, (int)JsonNode.Parse(json.Output)!["count"]!));

        static Command Saying() => Verb.WithJson(new Command("work"), (_, say, _) =>
        {
            say(new { Count = 3 }, output => output.WriteLine("three"));
            return 2;
        });
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("500", true)]
    [InlineData("0", false)]
    [InlineData("501", false)]
    [InlineData("-1", false)]
    [InlineData("many", false)]
    public void A_limit_out_of_its_range_is_refused_with_the_range(string written, bool taken)
    {
        Option<int> limit = Limit.Option(500);
        ParseResult parsed = new Command("list") { limit }.Parse(["--limit", written]);

        Assert.Equal(taken, parsed.Errors.Count == 0);
        if (taken)
            Assert.Equal(written, $"{parsed.GetValue(limit)}");
        else
            Assert.Contains($"--limit is '{written}'. Write a number, 1 to 500.", parsed.Errors.Select(error => error.Message));
    }

    [Fact]
    public void A_limit_that_is_left_out_is_twenty()
    {
        Option<int> limit = Limit.Option();
        Assert.Equal(20, new Command("list") { limit }.Parse([]).GetValue(limit));
    }

    [Fact]
    public void Every_verb_of_operators_and_reviewers_has_json()
    {
        Command[] verbs =
        [
            IncidentsCommand.Create(), RunsCommand.Create(), ReleasesCommand.Create(), PolicyCommand.Create(), AuditCommand.Create(), KeysCommand.Create(),
            BackupCommand.Create(), RestoreCommand.Create(), DoctorCommand.Create(), HealthCommand.Create(),
        ];

        // The walk is for people alone.
        string[] without = [.. verbs.SelectMany(verb => verb.Subcommands.Count == 0 ? [verb] : verb.Subcommands.ToArray())
            .Where(verb => verb.Options.All(option => option.Name != "--json")).Select(verb => verb.Name)];
        Assert.Equal(["review"], without);
    }
}
