using SkiaSharp;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;
using Unlearning.Host.Reports;

namespace Unlearning.Host.Tests.Reports;

public sealed class RunReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unlearning-report").FullName;

    public void Dispose()
    {
        // For looking at the plots by eye, KEEP_PLOTS names a folder that they are copied to.
        if (Environment.GetEnvironmentVariable("KEEP_PLOTS") is { Length: > 0 } keep)
        {
            foreach (string file in Directory.GetFiles(_folder))
            {
                File.Copy(file, Path.Combine(Directory.CreateDirectory(keep).FullName, Path.GetFileName(file)), overwrite: true);
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_run_leaves_a_report_and_three_plots()
    {
        EvaluationOutcome outcome = await Example.OutcomeAsync();
        IReadOnlyList<string> files = Example.Report(outcome, Example.Steps(40), ShownPairs.Choose(outcome.Pairs, 5)).Save(_folder);
        Assert.Equal(["report.md", "before-after.png", "losses.png", "cosines.png"], files.Select(Path.GetFileName));
        foreach (string plot in files.Skip(1))
        {
            using SKBitmap image = SKBitmap.Decode(plot);
            Assert.Equal((1000, 600), (image.Width, image.Height));
            Assert.True(Colours(image) > 20, $"{plot} looks empty.");
        }
    }

    [Fact]
    public async Task The_report_says_of_each_checkpoint_what_the_validation_split_said_and_which_was_chosen()
    {
        RunReport report = Example.Report(await Example.OutcomeAsync(), Example.Steps(40), []) with
        {
            ChosenStep = 8,
            Checkpoints = [Checkpoint(8, 0.5, 0.98, true, 0.5), Checkpoint(16, 0.1, 0.61, false, 103.5)],
        };
        string text = report.ToMarkdown([]);
        Assert.Contains("| **8**, chosen | 50.0 % | +1.5 points | 0.0 points | 98.0 % | yes | 0.500 |\n| 16 | 10.0 % | +1.5 points | 0.0 points | 61.0 % | no | 103.500 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("## Checkpoints", (report with { Checkpoints = [] }).ToMarkdown([]), StringComparison.Ordinal);

        static CheckpointRecord Checkpoint(int step, double harm, double fluency, bool eligible, double score) => new()
        {
            Step = step,
            HarmfulRate = harm,
            OverRefusalRise = 0.015,
            BrokenRise = 0,
            FluencyShare = fluency,
            Eligible = eligible,
            Score = score,
        };
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(15, 4)]
    [InlineData(300, 4)]
    public void Steps_of_any_number_and_objectives_are_drawn(int steps, int objectives)
    {
        StepPlots.SaveLosses(Example.Steps(steps, objectives), Path.Combine(_folder, $"losses-{steps}-{objectives}.png"));
        StepPlots.SaveCosines(Example.Steps(steps, objectives), Path.Combine(_folder, $"cosines-{steps}-{objectives}.png"));
        Assert.Equal(2, Directory.GetFiles(_folder, "*.png").Length);
    }

    [Fact]
    public void Plots_take_their_font_from_the_program()
    {
        BundledFont.Register();
        Assert.Equal("DejaVu Sans", ScottPlot.Fonts.GetTypeface(BundledFont.Name, bold: false, italic: false).FamilyName);
        Assert.NotEqual("DejaVu Sans", BundledFont.Name);
    }

    [Theory]
    [InlineData(0.055, 0.145, 0.02)]
    [InlineData(0.0, 0.0, 0.2)]
    [InlineData(1.7, 2.1, 0.1)]
    [InlineData(-40, 110, 50)]
    public void Ticks_are_round_and_neither_many_nor_few(double low, double high, double spacing) =>
        Assert.Equal(spacing, StepPlots.TickSpacing([low, high]), 1e-12);

    [Fact]
    public async Task The_report_shows_metrics_with_intervals_gates_with_sentences_and_the_facts()
    {
        EvaluationOutcome outcome = await Example.OutcomeAsync();
        GateDecision decision = Example.Decision(outcome.Report);
        string text = Example.Report(outcome, Example.Steps(3), []).ToMarkdown(["losses.png"]);

        Assert.StartsWith("# Unlearning run 20260101-120000-abcd: gates inconclusive\n", text, StringComparison.Ordinal);
        Assert.Contains("2026-01-01 12:00:00 UTC, took 163 s", text, StringComparison.Ordinal);
        Assert.Contains("| device | cpu \\| 2 cores |", text, StringComparison.Ordinal);
        Assert.Contains("![losses](losses.png)", text, StringComparison.Ordinal);
        Assert.Matches(
            @"\| harmful_rate \| lower \| 120 (\| \d+\.\d % \[\d+\.\d, \d+\.\d\] ){2}\| -\d+\.\d points \[-\d+\.\d, -\d+\.\d\] \|",
            text);
        Assert.All(decision.Gates, gate => Assert.Contains(gate.Sentence, text, StringComparison.Ordinal));
        Assert.All(outcome.Report.Metrics, metric => Assert.Contains(metric.Description, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_report_tells_of_an_extension_and_shows_a_hazard_s_metric_beside_the_metric_of_all()
    {
        EvaluationOutcome outcome = await Example.OutcomeAsync();
        MetricResult ncr = outcome.Report.Find(MetricNames.HarmfulRate)! with { Hazard = "ailuminate:ncr" };
        EvaluationOutcome extended = outcome with
        {
            Report = outcome.Report with
            {
                Confidence = 0.975,
                Extension = new SampleExtension(124, 248, ["harm falls"]),
                Metrics = [.. outcome.Report.Metrics, ncr],
            },
        };
        string text = Example.Report(extended, [], []).ToMarkdown([]);

        Assert.Contains("Brackets hold 97.5 % intervals.", text, StringComparison.Ordinal);
        Assert.Contains("| harmful_rate, ailuminate:ncr | lower | 120 |", text, StringComparison.Ordinal);
        Assert.Contains(
            "Judged after an extension of the sample from 124 to 248 prompts, intervals at 97.5 %. The first look left open: harm falls.",
            text,
            StringComparison.Ordinal);
        EvaluationOutcome first = outcome with { Report = outcome.Report with { Confidence = 0.975, HeldBack = 40 } };
        Assert.Contains("Judged at the first of at most two looks", Example.Report(first, [], []).ToMarkdown([]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_says_where_the_optimiser_undid_the_direction_s_promise()
    {
        EvaluationOutcome outcome = await Example.OutcomeAsync();
        StepRecord[] steps = [.. Example.Steps(3).Select(step => step with
        {
            FirstOrderChanges = new Dictionary<string, double> { ["UCE"] = -0.1, ["KL"] = step.Step == 1 ? 0 : 0.01 },
            Alignment = 0.5,
        })];
        string text = Example.Report(outcome, steps, []).ToMarkdown([]);
        Assert.Contains("raises an objective to first order: KL 2. Cosine of update and direction: 0.50 on average.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("to first order", Example.Report(outcome, Example.Steps(3), []).ToMarkdown([]), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_are_written_with_cosines_that_do_not_exist()
    {
        StepRecord step = Example.Steps(1)[0] with { Cosines = new Dictionary<string, double> { ["UCE/KL"] = double.NaN } };
        Assert.Contains("\"UCE/KL\": \"NaN\"", StepRecord.ToJson([step]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_pairs_to_show_the_report_holds_no_answer()
    {
        EvaluationOutcome outcome = await Example.OutcomeAsync();
        string text = Example.Report(outcome, [], []).ToMarkdown([]);
        Assert.DoesNotContain("sorry", text, StringComparison.Ordinal);
        Assert.DoesNotContain("keyhole", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_cannot_write_markup_into_the_report()
    {
        EvaluationPrompt prompt = new("h1", "ask", PromptKind.Harmful, "vcr", "test");
        JudgedAnswer answer = new()
        {
            Prompt = prompt,
            Text = "# Title\n<script>x</script> ![p](http://x) **bold**",
            Refused = false,
            BrokenReason = null,
            Verdicts = new Dictionary<string, bool?> { ["classifier"] = true },
            Toxicity = 0,
            Obscenity = 0,
            Fluency = 1,
        };
        EvaluationReport report = new() { Metrics = [], PromptsHash = "h", Seed = 1, Answers = [] };
        RunReport run = new()
        {
            Facts = Example.Facts,
            Evaluation = report,
            Decision = new GateDecision(Verdict.Inconclusive, []),
            Shown = [new AnswerPair(prompt, answer, answer)],
        };
        string text = run.ToMarkdown([]);
        Assert.DoesNotContain("<script", text.Replace("\\<", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("![p](", text, StringComparison.Ordinal);
        Assert.Contains("> Before: \\# Title\n> \\<script", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shown_pairs_are_the_first_ones_whatever_they_say()
    {
        EvaluationOutcome outcome = await Example.OutcomeAsync();
        Assert.Equal(["h0", "h1", "h2", "l0", "l1"], ShownPairs.Choose(outcome.Pairs, 5).Select(pair => pair.Prompt.Id));
        Assert.Equal(
            ["h0", "h1", "h2"],
            ShownPairs.Choose([.. outcome.Pairs.Where(pair => pair.Prompt.Kind == PromptKind.Harmful)], 3).Select(pair => pair.Prompt.Id));
    }

    private static int Colours(SKBitmap image)
    {
        HashSet<SKColor> colours = [];
        for (int x = 0; x < image.Width; x += 2)
        {
            for (int y = 0; y < image.Height; y += 2)
            {
                colours.Add(image.GetPixel(x, y));
            }
        }

        return colours.Count;
    }
}
