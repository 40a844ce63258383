using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Jobs.Triggers;

/// <summary>
/// Finds the rule that asks for a run. Only incidents count that were confirmed since the last run began: what a run was about is not
/// asked for again, whatever became of it, and the cron still takes it up. A rule waits while there are too few incidents for any run.
/// </summary>
public sealed class TriggerRules(
    IDbContextFactory<UnlearningDbContext> contexts,
    IBaseModel baseModel,
    IOptions<ScheduleOptions> options,
    IOptions<RecipeOptions> recipe,
    TimeProvider time,
    IPolicySource? policies = null)
{
    /// <summary>What a run would be started with; null when no rule asks for one.</summary>
    public async Task<RunStart?> FindAsync(CancellationToken cancellationToken = default)
    {
        RunTrigger[] rules =
        [
            .. new[] { RunTrigger.Of(options.Value.Trigger) }
                .Concat((options.Value.Trigger.Policies ? policies?.Current.Policies ?? [] : []).Select(RunTrigger.Of)).OfType<RunTrigger>(),
        ];
        if (rules.Length == 0)
            return null;
        string hash = await baseModel.GetHashAsync(cancellationToken).ConfigureAwait(false);
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        int open = await Harmful(db, hash)
            .Where(incident => incident.Status == IncidentStatus.Confirmed || incident.Status == IncidentStatus.Recurred)
            .Take(recipe.Value.MinimumIncidents).CountAsync(cancellationToken).ConfigureAwait(false);
        if (open < recipe.Value.MinimumIncidents)
            return null;

        // A retry selects nothing anew, so what was confirmed since the run that it repeats was in neither.
        DateTimeOffset? last = await db.Runs.Where(run => run.RetryOf == null || run.RetryFrom == RunStage.Select)
            .MaxAsync(run => (DateTimeOffset?)run.StartedAt, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow(), since = last ?? DateTimeOffset.MinValue;
        foreach (RunTrigger rule in rules)
        {
            IQueryable<Incident> fresh = Harmful(db, hash)
                .Where(incident => incident.Status == IncidentStatus.Confirmed && incident.ConfirmedAt > since);
            if (rule.Policy is { } policy)
                fresh = fresh.Where(incident => incident.Policy == policy);
            string of = rule.Policy is null ? "" : $" of policy {rule.Policy}";
            if (rule.OrSeverity is { } severity
                && await fresh.AnyAsync(incident => incident.Severity >= severity, cancellationToken).ConfigureAwait(false))
            {
                return Start(RunTriggers.Severity, $"a confirmed incident{of} of severity {severity} or more");
            }

            if (rule.MinimumConfirmed is { } most)
            {
                DateTimeOffset from = now - rule.Window;
                int confirmed = await fresh.CountAsync(incident => incident.ConfirmedAt > from, cancellationToken).ConfigureAwait(false);
                if (confirmed >= most)
                    return Start(RunTriggers.Count, $"{confirmed} confirmed incidents{of}");
            }
        }

        return null;
    }

    private static RunStart Start(string trigger, string reason) => new(reason) { Trigger = trigger, StartedBy = Identity.Actor.Service.Name };

    private static IQueryable<Incident> Harmful(UnlearningDbContext db, string hash) => db.Incidents.AsNoTracking()
        .Where(incident => incident.BaseModelHash == hash && incident.AnswerMatched && incident.RemediationEnabled);
}
