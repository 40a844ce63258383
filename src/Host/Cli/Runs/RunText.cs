using System.Globalization;
using Spectre.Console;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Cli.Runs;

/// <summary>Runs on the screen.</summary>
internal static class RunText
{
    /// <summary>Writes a table of runs.</summary>
    public static void Table(TextWriter output, IReadOnlyList<RunStatus> runs) => Screen.Table(
        output,
        [
            [new("run"), new("state"), new("stage"), new("progress"), new("left"), new("verdict"), new("release"), new("by"), new("why")],
            .. runs.Select(run => (Cell[])
            [
                new(run.RunId), State(run), new(run.Stage), new(Progress(run)), new(run.Remaining is { } left ? Left(left) : ""), new(run.Verdict ?? ""), new(run.ReleaseId ?? ""),
                Screen.Name(run.StartedBy), Screen.Name(run.Reason),
            ]),
        ]);

    /// <summary>Writes one run at length.</summary>
    public static void Write(TextWriter output, RunStatus run)
    {
        Line("run", run.RunId);
        Line("state", run.Control is { } wanted ? $"{run.State}, {wanted} wanted" : run.State);
        Line("stage", $"{run.Stage} {Progress(run)}".TrimEnd());
        Line("started", $"{Screen.Time(run.StartedAt)} by {run.StartedBy} ({run.Trigger}): {run.Reason}");
        Line("ended", run.FinishedAt is { } ended ? Screen.Time(ended) : null);
        Line("left", run.Remaining is { } left ? Left(left) : null);
        Line("losses", run.Losses.Count == 0 ? null : string.Join(", ", run.Losses.Select(loss => $"{loss.Key} {Number(loss.Value, "0.000")}")));
        Line("angles", run.Angles.Count == 0 ? null : string.Join(", ", run.Angles.Select(angle => $"{angle.Key} {Number(angle.Value, "0")}°")));
        Line("repeats", run.RetryOf);
        Line("verdict", run.Verdict);
        Line("release", run.ReleaseId);
        Line("outcome", run.Explanation);
        Line("error", run.Error);
        Line("next", run.NextStep);
        Line("note", run.DataErasedAt is { } erased ? $"data it was trained on was erased on {Screen.Time(erased)}; it cannot be reproduced any more" : null);

        void Line(string name, string? text)
        {
            if (!string.IsNullOrEmpty(text))
                output.WriteLine($"{name,-9}{text.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>A run in one line, for whoever watches.</summary>
    public static string OneLine(RunStatus run)
    {
        string losses = run.Losses.Count == 0 ? "" : $"  loss {string.Join(", ", run.Losses.Select(loss => $"{loss.Key} {Number(loss.Value, "0.00")}"))}";
        string left = run.Remaining is { } remaining ? $"  {Left(remaining)} left" : "";
        string angles = run.Angles.Count == 0 ? ""
            : $"  {run.Angles.Values.Count(angle => angle > 90)} of {run.Angles.Count} pairs conflict, up to {Number(run.Angles.Values.Max(), "0")}°";
        return $"{run.State,-17} {run.Stage,-9} {Progress(run),-8}{left}{losses}{angles}".TrimEnd();
    }

    private static string Progress(RunStatus run) => run.TotalSteps > 0 ? $"{run.Step}/{run.TotalSteps}" : "";

    private static string Left(TimeSpan left) => left.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours} h {left.Minutes:00} min")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalMinutes}:{left.Seconds:00} min");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static Cell State(RunStatus run) => new(run.State, run.State switch
    {
        "failed" => Color.Red,
        "awaiting_approval" or "paused" => Color.Yellow,
        "completed" => run.Verdict == "pass" ? Color.Green : null,
        _ => null,
    });
}
