using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>Goes through incidents one by one, by keys.</summary>
/// <param name="desk">Where they are.</param>
/// <param name="me">Who reviews.</param>
/// <param name="keys">The reviewer's keys.</param>
/// <param name="console">The screen.</param>
internal sealed class ReviewWalk(IIncidentDesk desk, string me, ReviewKeys keys, TextWriter console)
{
    /// <summary>How many incidents are taken at once.</summary>
    public const int Most = 1_000;

    private const string Help = "c confirm  d dismiss  r reveal  a assign to me  m comment  n next  p previous  u undo  ? help  q quit";

    private readonly Stack<ReviewStep> _steps = new();
    private readonly Dictionary<Guid, string> _judged = [];

    /// <summary>Goes through the incidents that fit a filter, until the reviewer quits or the input ends.</summary>
    public async Task GoAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        IncidentList list = await ListAsync(filter, cancellationToken).ConfigureAwait(false);
        if (list.Incidents.Count == 0)
        {
            console.WriteLine($"no incidents ({filter})");
            return;
        }

        if (list.Next is not null)
            console.WriteLine($"the latest {list.Incidents.Count} of {ListCommand.Total(list)}");
        console.WriteLine(Help);
        int at = 0, shown = -1;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (at != shown && !await ShowAsync(list, at, cancellationToken).ConfigureAwait(false))
            {
                at++;
                continue;
            }

            shown = at;
            char? key = await keys.NextAsync(cancellationToken).ConfigureAwait(false);
            bool over = at == list.Incidents.Count;
            if (key is null or 'q' || (over && key is 'n'))
                break;
            try
            {
                at = over && key is not ('p' or 'u') ? Explain(at) : await DoAsync(key.Value, list, at, cancellationToken).ConfigureAwait(false);
            }
            catch (ReviewException refused)
            {
                console.WriteLine($"  {refused.Message}");
            }
        }

        int confirmed = _judged.Values.Count(verdict => verdict == "confirm"), dismissed = _judged.Values.Count(verdict => verdict == "dismiss");
        console.WriteLine($"{confirmed} confirmed, {dismissed} dismissed, {list.Incidents.Count - _judged.Count} left");
    }

    // What waits longest was often seen long ago, and would come last, or not at all.
    private async Task<IncidentList> ListAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        IncidentList list = await desk.ListAsync(filter, Most, null, cancellationToken).ConfigureAwait(false);
        if (filter.Overdue || filter.Status is not (null or IncidentStatus.New))
            return list;
        IReadOnlyList<IncidentLine> overdue = (await desk.ListAsync(filter with { Overdue = true }, Most, null, cancellationToken).ConfigureAwait(false)).Incidents;
        return list with { Incidents = [.. overdue.Concat(list.Incidents).DistinctBy(line => line.Id).Take(Most)] };
    }

    private async Task<int> DoAsync(char key, IncidentList list, int at, CancellationToken cancellationToken)
    {
        Guid id = at < list.Incidents.Count ? list.Incidents[at].Id : Guid.Empty;
        switch (key)
        {
            case 'c' or 'd':
                await JudgeAsync(id, at, key == 'c', cancellationToken).ConfigureAwait(false);
                return at + 1;
            case 'r':
                IncidentDetails revealed = await desk.RevealAsync($"{id}", null, cancellationToken).ConfigureAwait(false);
                IncidentText.Said(console, revealed);
                return at;
            case 'a':
                IncidentDetails before = await desk.ShowAsync($"{id}", cancellationToken).ConfigureAwait(false);
                ReviewReport assigned = await desk.AssignAsync([$"{id}"], IncidentFilter.Me, cancellationToken).ConfigureAwait(false);
                if (assigned.Changed > 0)
                    _steps.Push(new ReviewStep(at, before, Assigned: true));
                console.WriteLine(assigned.Changed > 0 ? $"  assigned to {me}" : "  it is yours already");
                return at;
            case 'm':
                console.Write("  comment: ");
                IncidentNote note = await desk.CommentAsync($"{id}", keys.Words() ?? "", cancellationToken).ConfigureAwait(false);
                console.WriteLine($"added, {Amount.Of(note.Length, "character")}");
                return at;
            case 'n':
                return at + 1;
            case 'p':
                return Math.Max(0, at - 1);
            case 'u':
                return await UndoAsync(at, cancellationToken).ConfigureAwait(false);
            default:
                return Explain(at);
        }
    }

    private async Task JudgeAsync(Guid id, int at, bool harmful, CancellationToken cancellationToken)
    {
        IncidentDetails before = await desk.ShowAsync($"{id}", cancellationToken).ConfigureAwait(false);
        ReviewLine line = (await desk.JudgeAsync([$"{id}"], harmful, null, cancellationToken).ConfigureAwait(false)).Incidents[0];
        if (line.Changed)
            _steps.Push(new ReviewStep(at, before, Assigned: false));
        if (!line.Problem)
            _judged[id] = harmful ? "confirm" : "dismiss";
        console.WriteLine($"  {(line.Problem ? $"not changed, {line.Status}" : line.Changed ? line.Status : $"{line.Status} already")}{(line.Note is null ? "" : $": {line.Note}")}");
    }

    private async Task<int> UndoAsync(int at, CancellationToken cancellationToken)
    {
        if (!_steps.TryPeek(out ReviewStep? step))
        {
            console.WriteLine("  nothing to undo");
            return at;
        }

        string id = $"{step.Before.Id}";
        ReviewLine line = (step switch
        {
            { Assigned: true } => await desk.AssignAsync([id], step.Before.Assignee, cancellationToken).ConfigureAwait(false),

            // As it was judged before: by the reviewer, or else by others or the policy, whose judgement the reviewer's took the place of.
            _ when Mine(step.Before) is { } earlier => await desk.JudgeAsync([id], earlier, null, cancellationToken).ConfigureAwait(false),
            { Before.Status: "confirmed" or "dismissed", Before.ReviewersNeeded: 1 } =>
                await desk.JudgeAsync([id], step.Before.Status == "confirmed", null, cancellationToken).ConfigureAwait(false),
            _ => await desk.ReopenAsync([id], ownOnly: true, null, cancellationToken).ConfigureAwait(false),
        }).Incidents[0];
        _steps.Pop();
        if (!step.Assigned)
            _judged.Remove(step.Before.Id);
        console.WriteLine($"  undone: {(step.Assigned ? $"assigned to {line.Assignee ?? IncidentFilter.Nobody}" : line.Status)}");
        return step.Place;
    }

    private int Explain(int at)
    {
        console.WriteLine($"  {Help}");
        return at;
    }

    private bool? Mine(IncidentDetails details) => details.Judgements.FirstOrDefault(one => one.By == me)?.Harmful;

    private async Task<bool> ShowAsync(IncidentList list, int at, CancellationToken cancellationToken)
    {
        if (at == list.Incidents.Count)
        {
            console.WriteLine();
            console.WriteLine("that was the last; p previous  u undo  q quit");
            return true;
        }

        try
        {
            IncidentDetails details = await desk.ShowAsync($"{list.Incidents[at].Id}", cancellationToken).ConfigureAwait(false);
            console.WriteLine();
            IncidentText.WriteShort(console, details, $"{at + 1} of {list.Incidents.Count}", list.Incidents[at].Short);
            return true;
        }
        catch (ReviewException gone) when (gone.Problem == ReviewProblem.Unknown)
        {
            console.WriteLine($"{at + 1} of {list.Incidents.Count}: it was erased meanwhile");
            return false;
        }
    }
}
