using Unlearning.Host.Evaluation;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Reports;

/// <summary>
/// The report of a run: <c>report.md</c> and the plots beside it. It holds no answer text unless the caller hands in pairs to show.
/// </summary>
public sealed record RunReport
{
    /// <summary>The report's file name.</summary>
    public const string FileName = "report.md";

    /// <summary>About the run.</summary>
    public required RunFacts Facts { get; init; }

    /// <summary>The gate evaluation.</summary>
    public required EvaluationReport Evaluation { get; init; }

    /// <summary>The gates' decision about it.</summary>
    public required GateDecision Decision { get; init; }

    /// <summary>The unlearning steps; without any, their plots are left out.</summary>
    public IReadOnlyList<StepRecord> Steps { get; init; } = [];

    /// <summary>What the validation split said of each checkpoint; without any, their table is left out.</summary>
    public IReadOnlyList<CheckpointRecord> Checkpoints { get; init; } = [];

    /// <summary>The step of the checkpoint that was chosen.</summary>
    public int ChosenStep { get; init; }

    /// <summary>Answer pairs to print, see <see cref="ShownPairs"/>.</summary>
    public IReadOnlyList<AnswerPair> Shown { get; init; } = [];

    /// <summary>Writes <c>report.md</c>, <c>before-after.png</c>, <c>losses.png</c> and <c>cosines.png</c> into a folder.</summary>
    /// <param name="folder">An existing folder; files of these names are replaced.</param>
    /// <returns>The paths of the files, the report first.</returns>
    public IReadOnlyList<string> Save(string folder)
    {
        List<string> plots = [];
        void Plot(string name, Action<string> save)
        {
            save(Path.Combine(folder, name));
            plots.Add(name);
        }

        Plot("before-after.png", path => ComparisonPlot.Save(Evaluation, path));
        if (Steps.Any(step => step.Losses.Count > 0))
        {
            Plot("losses.png", path => StepPlots.SaveLosses(Steps, path));
        }

        if (Steps.Any(step => step.Cosines.Count > 0))
        {
            Plot("cosines.png", path => StepPlots.SaveCosines(Steps, path));
        }

        string file = Path.Combine(folder, FileName);
        File.WriteAllText(file, ToMarkdown(plots));
        return [file, .. plots.Select(name => Path.Combine(folder, name))];
    }

    /// <summary>The report's text. Pure: the same report gives the same text on every machine.</summary>
    /// <param name="plots">The plots to show, relative to the report.</param>
    public string ToMarkdown(IReadOnlyList<string> plots) => MarkdownReport.Of(this, plots);
}
