using Spectre.Console;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Details;

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
                [new("status"), IncidentCell.Status(StatusWord.Parse(details.Status))],
                .. Reviewed(details),
                [new("hazard"), new(details.Hazard)],
                [new("severity"), IncidentCell.Severity(details.Severity)],
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
        Said(console, details);
    }

    /// <summary>Writes what a reviewer needs to judge, on a few lines and without text.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="details">The incident.</param>
    /// <param name="place">Where it is among others.</param>
    /// <param name="name">The beginning of its id that names it.</param>
    public static void WriteShort(TextWriter console, IncidentDetails details, string place, string name)
    {
        Decision decision = details.Decision;
        Screen.Table(
            console,
            [
                [new(place), new($"{name}  {details.Status}  {details.Hazard}  severity {details.Severity}")],
                [new("seen"), new($"{details.Count} x, last {Screen.Time(details.LastSeen)} UTC, release {decision.Release}")],
                .. details.Recurrences == 0 ? (Cell[][])[] : [[new("came back"), new($"{details.Recurrences} x, of a release that was trained to forget it", Color.Red)]],
                [new("policy"), new($"{decision.Policy} {decision.PolicyVersion}")],
                [new("prompt"), new($"{Amount.Of(details.PromptLength, "character")}, {Side(details.PromptMatched, details, "prompt/")}")],
                [new("answer"), new($"{Amount.Of(details.AnswerLength, "character")}, {Side(decision.AnswerMatched, details, "answer/")}")],
                [new("caller got"), new(decision.CallerGot())],
                .. Reviewed(details),
            ]);
    }

    /// <summary>Writes prompt, answer and comments, or how long they are.</summary>
    public static void Said(TextWriter console, IncidentDetails details)
    {
        Said(console, "prompt", details.Prompt, details.PromptLength);
        Said(console, "answer", details.Answer, details.AnswerLength);
        foreach (IncidentNote note in details.Comments)
            Said(console, $"comment of {note.By}, {Screen.Time(note.At)}", note.Text, note.Length);
    }

    private static Cell[][] Reviewed(IncidentDetails details) =>
    [
        .. details.Review is { } review ? (Cell[][])[[new("review"), new(review, Color.Yellow)]] : [],
        .. details.Judgements.Select(one => (Cell[])
            [new("judged"), new($"{(one.Harmful ? "confirmed" : "dismissed")} by {one.By}, {Screen.Time(one.At)}")]),
        .. details.Assignee is { } assignee ? (Cell[][])[[new("assigned to"), new(assignee)]] : [],
        .. details.Comments.Count > 0 ? (Cell[][])[[new("comments"), new($"{details.Comments.Count}")]] : [],
    ];

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
