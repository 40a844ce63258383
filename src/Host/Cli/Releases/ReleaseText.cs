using System.Globalization;
using Spectre.Console;
using Unlearning.Host.Api.Management.Releases;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.History;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Cli.Releases;

/// <summary>Releases on the screen.</summary>
internal static class ReleaseText
{
    /// <summary>Writes a table of releases.</summary>
    public static void Table(TextWriter output, ReleasesView view)
    {
        if (view.Releases.Count > 0)
        {
            Screen.Table(
                output,
                [
                    [new("release"), new("state"), new("verdict"), new("parent"), new("run"), new("saved"), new("live since"), new("by"), new("size")],
                    .. view.Releases.Select(release => (Cell[])
                    [
                        new(release.ReleaseId), State(release.State), new(release.Verdict), new(release.Parent), new(release.RunId),
                        new(Screen.Time(release.SavedAt)), new(release.PromotedAt is { } at ? Screen.Time(at) : ""), Screen.Name(release.PromotedBy ?? ""),
                        new(Size(release.Bytes)),
                    ]),
                ]);
        }

        output.WriteLine(view.Live == Release.BaseId ? "live: the base model, unmodified" : $"live: {view.Live}");
        if (view.Canary is { } canary)
            output.WriteLine($"canary: {canary}");
    }

    /// <summary>Writes one release with its history.</summary>
    public static void Write(TextWriter output, ReleaseStatus release)
    {
        output.WriteLine($"release   {release.ReleaseId}");
        output.WriteLine($"state     {Word(release.State)}{(release.CanaryShare is { } share ? string.Create(CultureInfo.InvariantCulture, $", {share:P0} of the conversations") : "")}");
        output.WriteLine($"verdict   {release.Verdict}");
        output.WriteLine($"run       {release.RunId}");
        output.WriteLine($"parent    {release.Parent}");
        output.WriteLine($"base      {release.BaseModel} {release.BaseModelHash}");
        output.WriteLine($"saved     {Screen.Time(release.SavedAt)}, {Size(release.Bytes)}");
        foreach (JournalApproval approval in release.Approvals)
            output.WriteLine($"approved  {Screen.Time(approval.At)} by {OneLine.Of(approval.By)}");
        foreach (JournalEntry entry in release.History)
            output.WriteLine($"{Screen.Time(entry.At)}  {Words(entry)}{(entry.Actor is { } actor ? $" by {OneLine.Of(actor)}" : "")}: {OneLine.Of(entry.Reason)}");
    }

    /// <summary>A change of what serves, in one sentence.</summary>
    public static string Words(JournalEntry entry) => entry.Action switch
    {
        JournalAction.Promoted => $"{entry.ReleaseId} is live in place of {entry.PreviousReleaseId}",
        JournalAction.RolledBack => $"rolled back from {entry.PreviousReleaseId} to {entry.ReleaseId}",
        JournalAction.CanaryStarted => $"{entry.ReleaseId} serves as canary beside {entry.PreviousReleaseId}",
        _ => $"{entry.ReleaseId} is no canary any more",
    };

    /// <summary>A state as people and programs write it.</summary>
    public static string Word(ReleaseState state) => state == ReleaseState.RolledBack ? "rolled back" : Lower($"{state}");

    private static Cell State(ReleaseState state) => new(Word(state), state switch
    {
        ReleaseState.Live => Color.Green,
        ReleaseState.Canary or ReleaseState.Candidate => Color.Yellow,
        ReleaseState.Rejected or ReleaseState.RolledBack => Color.Grey,
        _ => null,
    });

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");

#pragma warning disable CA1308 // Shown, not compared.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
