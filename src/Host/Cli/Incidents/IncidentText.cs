using Spectre.Console;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Incidents;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>An incident's details for people.</summary>
internal static class IncidentText
{
    private const string None = "-";

    /// <summary>Writes them.</summary>
    public static void Write(TextWriter console, IncidentDetails details)
    {
        Decision decision = details.Decision;
        Screen.Table(
            console,
            [
                [new("incident"), new($"{details.Id}")],
                [new("status"), Screen.Status(Enum.Parse<IncidentStatus>(details.Status, ignoreCase: true))],
                [new("hazard"), new(details.Hazard)],
                [new("severity"), Screen.Severity(details.Severity)],
                [new("seen"), new($"{details.Count} x, first {Screen.Time(details.FirstSeen)}, last {Screen.Time(details.LastSeen)} UTC")],
                .. details.Recurrences == 0 ? (Cell[][])[] : [[new("came back"), new($"{details.Recurrences} x, of a release that was trained to forget it", Color.Red)]],
                [new("policy"), new($"{decision.Policy} {decision.PolicyVersion}, revision {decision.PolicyRevision}")],
                [new("prompt"), new(Side(details.PromptMatched, details, "prompt/"))],
                [new("tool result"), new(Side(decision.ToolResultMatched, details, "tool/"))],
                [new("answer"), new(Side(decision.AnswerMatched, details, "answer/"))],
                .. Unsided(decision),
                [new("caller got"), new(decision.CallerGot())],
                [new("release"), new(decision.Release)],
                [new("model"), new(decision.Model ?? None)],
                [new("function"), new(decision.Function ?? None)],
                [new("base model"), new(details.BaseModel)],
                [new("subject"), new(details.Subject ?? None)],
                [new("releases"), new(Seen(details.Releases))],
                [new("functions"), new(Seen(details.Functions))],
                [new("models"), new(Seen(details.Models))],
                [new("unlearning"), Outlook(details)],
                .. details.Unlearning.Missing.Select(missing => (Cell[])[new(""), new(missing)]),
                .. details.RemediatedBy is { } release ? (Cell[][])[[new("remediated by"), new(release)]] : [],
            ]);
        Runs(console, details.Runs);
        Latest(console, details);
        Said(console, "prompt", details.Prompt, details.PromptLength);
        Said(console, "answer", details.Answer, details.AnswerLength);
    }

    private static string Side(bool? matched, IncidentDetails details, string side)
    {
        string fired = string.Join(", ", details.Decision.Detectors.Where(name => name.StartsWith(side, StringComparison.Ordinal)));
        string what = matched switch { null => "not recorded", true => "matched", false => "did not match" };
        return fired.Length > 0 ? $"{what}: {fired}" : what;
    }

    // What a person reported was found by no detector.
    private static Cell[][] Unsided(Decision decision) =>
        [.. decision.Detectors.Where(name => !name.Contains('/', StringComparison.Ordinal)).Select(name => (Cell[])[new("found by"), new(name)])];

    private static Cell Outlook(IncidentDetails details) => details.Unlearning.May
        ? new("the next run may take it", Color.Green)
        : new("not in the next run:", Color.Yellow);

    private static string Seen(IReadOnlyList<SeenWith> seen) =>
        seen.Count == 0 ? None : string.Join(", ", seen.Select(with => $"{with.Name} ({with.Count} x)"));

    private static void Runs(TextWriter console, IReadOnlyList<RunUse> runs)
    {
        if (runs.Count == 0)
            return;
        console.WriteLine();
        Screen.Table(
            console,
            [
                [new("run"), new("started"), new("state"), new("verdict"), new("release"), new("")],
                .. runs.Select(run => (Cell[])
                [
                    new(run.RunId), new(Screen.Time(run.StartedAt)), new(run.State), new(run.Verdict ?? None), new(run.Release ?? None),
                    new(run.DataErasedAt is { } at ? $"data erased {Screen.Time(at)}: no longer reproducible" : ""),
                ]),
            ]);
    }

    private static void Latest(TextWriter console, IncidentDetails details)
    {
        console.WriteLine();
        Screen.Table(
            console,
            [
                [new("occurrence"), new("answer"), new("release"), new("function"), new("policy"), new("revision"), new("detectors"), new("caller got")],
                .. details.Latest.Select(one => (Cell[])
                [
                    new(Screen.Time(one.At!.Value)), new(one.AnswerMatched ? "matched" : None), Screen.Name(one.Release), Screen.Name(one.Function ?? None),
                    Screen.Name(one.Policy is null ? None : $"{one.Policy} {one.PolicyVersion}"), new(one.PolicyRevision is { } revision ? Revision(revision) : None),
                    new(one.Detectors.Count > 0 ? string.Join(", ", one.Detectors) : None), new(one.CallerGot()),
                ]),
            ]);
        if (details.Count > details.Latest.Count)
            console.WriteLine($"the latest {details.Latest.Count} of {Amount.Of(details.Count, "occurrence")}");
    }

    private static string Revision(string revision) => revision.Length > 12 ? revision[..12] : revision;

    private static void Said(TextWriter console, string side, string? text, int length)
    {
        console.WriteLine();
        console.WriteLine($"{side}: {Amount.Of(length, "character")}{(text is null && length > 0 ? " (--reveal shows them)" : "")}");
        if (text is { Length: > 0 })
            Screen.Text(console, text);
    }
}
