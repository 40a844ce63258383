using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Approvals;

/// <summary>What people decided about releases, and what it comes to.</summary>
public sealed class ApprovalStore(
    StoreWriter writer,
    IDbContextFactory<UnlearningDbContext> contexts,
    RunStore runs,
    Proposals proposals,
    RunScheduler scheduler,
    IOptions<ApprovalOptions> options,
    TimeProvider time,
    IPolicySource? policies = null) : IApprovals
{
    /// <summary>
    /// Approves or rejects a release that waits, as it is now. With the last approval that was needed the run goes on and promotes it, after
    /// checking all of it again; a rejection ends the run.
    /// </summary>
    /// <param name="releaseId">The release.</param>
    /// <param name="actor">Who decides; never counted when they started the run, or one that it repeats.</param>
    /// <param name="role">The role in which they do.</param>
    /// <param name="approve">Whether it may go live.</param>
    /// <param name="reason">Why, in their words.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>What the decisions come to.</returns>
    /// <exception cref="ArgumentException">There is no run with such a release.</exception>
    /// <exception cref="ApprovalException">The decision does not count.</exception>
    public async Task<ApprovalStatus> DecideAsync(
        string releaseId, Actor actor, Role role, bool approve, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        RunRecord run = await runs.LatestOfReleaseAsync(releaseId, cancellationToken).ConfigureAwait(false);
        ApprovalRequirement required = await RequiredForAsync(run.RunId, cancellationToken).ConfigureAwait(false);
        Proposal proposal = proposals.Of(releaseId);
        if (!required.Roles.Contains(role))
        {
            throw new ApprovalException(
                $"Release {releaseId} is decided by {RoleWord.List(required.Roles)}, not by {RoleWord.Of(role)}", "Ask somebody who is one", forbidden: true);
        }

        IReadOnlyDictionary<string, string> proposers = await runs.ProposersAsync(run.RunId, releaseId, cancellationToken).ConfigureAwait(false);
        if (approve && proposers.TryGetValue(actor.Name, out string? own))
            throw new ApprovalException($"'{actor.Name}' started run {own}, and nobody approves what they proposed", "Ask another person", forbidden: true);
        if (approve && !proposal.Passes)
        {
            throw new ApprovalException(
                $"Release {releaseId} does not pass its gates as they are now: {proposal.Objections.TrimEnd('.')}",
                "Set the gates back, or retry the run from 'gate'",
                forbidden: false);
        }

        DateTimeOffset now = time.GetUtcNow();
        await writer.WriteAsync(
            async (db, ct) =>
            {
                RunRecord current = await db.Runs.AsNoTracking().SingleAsync(row => row.RunId == run.RunId, ct).ConfigureAwait(false);
                if (current.State != RunState.AwaitingApproval)
                {
                    throw new ApprovalException(
                        $"Release {releaseId} does not wait for approval: its run is {RunWord.Of(current.State)}", "Look at the run for what became of it", forbidden: false);
                }

                Approval decision = new()
                {
                    Id = Guid.CreateVersion7(now),
                    ReleaseId = releaseId,
                    Proposal = proposal.Hash,
                    Approved = approve,
                    By = actor.Name,
                    Role = RoleWord.Of(role),
                    Reason = reason,
                    At = now,
                    ExpiresAt = now + required.Expires,
                };
                db.Approvals.Add(decision);
                AuditOutbox.Enlist(db, AuditEvent.Create(
                    time,
                    actor,
                    approve ? "release.approve" : "release.reject",
                    releaseId,
                    reason,
                    ("proposal", proposal.Hash),
                    ("role", decision.Role),
                    ("run", run.RunId)));
                return decision;
            },
            cancellationToken).ConfigureAwait(false);

        ApprovalStatus status = await StatusOfAsync(run, proposal, required, CancellationToken.None).ConfigureAwait(false);
        if (status.State != ApprovalState.Waiting)
            await scheduler.TriggerAsync(run.RunId).ConfigureAwait(false);
        return status;
    }

    /// <summary>What people said about a release that waits or waited.</summary>
    /// <exception cref="ArgumentException">There is no run with such a release.</exception>
    public async Task<ApprovalStatus> StatusOfAsync(string releaseId, CancellationToken cancellationToken = default)
    {
        RunRecord run = await runs.LatestOfReleaseAsync(releaseId, cancellationToken).ConfigureAwait(false);
        ApprovalRequirement required = await RequiredForAsync(run.RunId, cancellationToken).ConfigureAwait(false);
        return await StatusOfAsync(run, proposals.Of(releaseId), required, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a run that waits for approval has only to wait on. When it has not, it is to look itself, and says what is wrong: enough was
    /// said, its time is over, it is being cancelled, or its release or its gates are not what they were.
    /// </summary>
    public async Task<bool> WaitsAsync(RunRecord run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Control != RunControl.None || run.ReleaseId is null)
            return false;
        Proposal proposal;
        try
        {
            proposal = proposals.Of(run.ReleaseId);
        }
        catch (Exception fault) when (fault is ReleaseException or InvalidOperationException)
        {
            return false;
        }

        ApprovalRequirement required = await RequiredForAsync(run.RunId, cancellationToken).ConfigureAwait(false);
        return proposal.Passes
            && (await StatusOfAsync(run, proposal, required, cancellationToken).ConfigureAwait(false)).State == ApprovalState.Waiting;
    }

    /// <summary>Every decision about a release, those that no longer count included, the first first.</summary>
    public async Task<IReadOnlyList<Approval>> ListAsync(string releaseId, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Approvals.AsNoTracking().Where(approval => approval.ReleaseId == releaseId)
            .OrderBy(approval => approval.At).ThenBy(approval => approval.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ApprovalRequirement> RequiredForAsync(string runId, CancellationToken cancellationToken = default)
    {
        ApprovalRequirement own = ApprovalRequirement.Of(options.Value);
        if (policies is null)
            return own;
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        string[] names = await db.RunIncidents.Where(row => row.RunId == runId)
            .Join(db.Incidents, row => row.IncidentId, incident => incident.Id, (_, incident) => incident.Policy)
            .Distinct().ToArrayAsync(cancellationToken).ConfigureAwait(false);
        return ApprovalRequirement.Strictest(
            own,
            policies.Current.Policies.Where(policy => names.Contains(policy.Name)).Select(ApprovalRequirement.Of));
    }

    /// <inheritdoc/>
    public async Task<ApprovalStatus> StatusOfAsync(
        RunRecord run, Proposal proposal, ApprovalRequirement required, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(required);
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyDictionary<string, string> proposers =
            await runs.ProposersAsync(run.RunId, proposal.ReleaseId, cancellationToken).ConfigureAwait(false);

        // A retry asks anew: what was said before it began was said about another run.
        Approval[] said = [.. (await ListAsync(proposal.ReleaseId, cancellationToken).ConfigureAwait(false)).Where(one => one.At >= run.StartedAt)];
        Approval[] counting =
        [
            .. said.Where(one => one.Proposal == proposal.Hash && Enum.TryParse(one.Role, ignoreCase: true, out Role role) && required.Roles.Contains(role)),
        ];
        Approval[] given =
        [
            .. counting.Where(one => one.Approved && !proposers.ContainsKey(one.By)).GroupBy(one => one.By, StringComparer.Ordinal).Select(own => own.Last()),
        ];
        Approval[] approvals = [.. given.Where(one => one.ExpiresAt > now)];
        string[] approvedBy = [.. approvals.Select(one => one.By)];

        // A change voids an approval, never a no: what somebody kept from users does not get there by an edit of a gate.
        string? rejectedBy = said.FirstOrDefault(one => !one.Approved)?.By;
        DateTimeOffset? until = run.Progress?.StageBegan + required.Expires;
        return new ApprovalStatus
        {
            ReleaseId = proposal.ReleaseId,
            Proposal = proposal.Hash,
            Required = required,
            ApprovedBy = approvedBy,
            Counted = [.. approvals.Select(one => new JournalApproval(one.By, one.At, one.Proposal))],
            RejectedBy = rejectedBy,
            Lapsed = [.. given.Where(one => one.ExpiresAt <= now).Select(one => one.By)],
            HoldsUntil = required.Count == 0 ? null
                : approvals.OrderByDescending(one => one.ExpiresAt).Skip(required.Count - 1).Select(one => (DateTimeOffset?)one.ExpiresAt).FirstOrDefault(),
            Until = until,
            Void = said.Count(one => one.Approved && (one.Proposal != proposal.Hash || one.ExpiresAt <= now)),
            State = rejectedBy is not null ? ApprovalState.Rejected
                : approvedBy.Length >= required.Count ? ApprovalState.Approved
                : until <= now ? ApprovalState.Expired
                : ApprovalState.Waiting,
        };
    }
}
