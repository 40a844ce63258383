using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Unlearning.Host.Approvals;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Progress;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Storage;

/// <summary>The tables of <c>unlearning.db</c>.</summary>
/// <param name="options">Which database.</param>
/// <param name="protector">Encrypts text columns; null, to make migrations only, leaves them as they are.</param>
public sealed class UnlearningDbContext(DbContextOptions<UnlearningDbContext> options, TextProtector? protector = null) : DbContext(options)
{
    /// <summary>Incidents, unique by fingerprint and base model.</summary>
    public DbSet<Incident> Incidents => Set<Incident>();

    /// <summary>Every interaction counted under an incident.</summary>
    public DbSet<IncidentOccurrence> Occurrences => Set<IncidentOccurrence>();

    /// <summary>The ids of all interactions that were counted.</summary>
    public DbSet<ReceivedInteraction> ReceivedInteractions => Set<ReceivedInteraction>();

    /// <summary>Runs, active and over.</summary>
    public DbSet<RunRecord> Runs => Set<RunRecord>();

    /// <summary>Which run answered which request.</summary>
    public DbSet<RunRequest> RunRequests => Set<RunRequest>();

    /// <summary>Which incidents each run was trained on.</summary>
    public DbSet<RunIncident> RunIncidents => Set<RunIncident>();

    /// <summary>Access keys, valid and revoked.</summary>
    public DbSet<AccessKey> AccessKeys => Set<AccessKey>();

    /// <summary>Audit events on their way to the audit's file.</summary>
    public DbSet<PendingAudit> PendingAudit => Set<PendingAudit>();

    /// <summary>What was decided about releases.</summary>
    public DbSet<Approval> Approvals => Set<Approval>();

    /// <summary>Reviewers' notes.</summary>
    public DbSet<IncidentComment> Comments => Set<IncidentComment>();

    /// <summary>Reviewers' judgements, where more than one is asked for.</summary>
    public DbSet<IncidentJudgement> Judgements => Set<IncidentJudgement>();

    internal TextProtector? Protector => protector;

    /// <inheritdoc/>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ReplaceService<IModelCacheKeyFactory, ProtectedModelCacheKey>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcColumn>();
        configurationBuilder.Properties<IncidentStatus>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<RunState>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<RunStage>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<RunControl>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<Role>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<RunProgress>().HaveConversion<JsonColumn<RunProgress>, ByReference<RunProgress>>();
        configurationBuilder.Properties<IReadOnlyList<GateLine>>()
            .HaveConversion<JsonColumn<IReadOnlyList<GateLine>>, ByReference<IReadOnlyList<GateLine>>>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Incident>(incident =>
        {
            incident.HasKey(i => i.Id);
            incident.Property(i => i.Prompt).IsProtected(protector);
            incident.Property(i => i.Answer).IsProtected(protector);
            incident.Property(i => i.Detectors).HasConversion<JsonColumn<IReadOnlyList<string>>, ByReference<IReadOnlyList<string>>>();
            incident.HasIndex(i => new { i.Fingerprint, i.BaseModelHash }).IsUnique();

            // What selection filters and orders by, and all that it reads of what it does not take.
            incident.HasIndex(i => new { i.BaseModelHash, i.Status, i.Severity, i.Fingerprint, i.AnswerMatched, i.RemediationEnabled, i.SubjectHash, i.Id })
                .HasDatabaseName("IX_Incidents_Selection");

            // What a list is paged by: the filters that choose the index, the page's order, then the columns of the other filters.
            incident.HasIndex(i => new { i.LastSeen, i.Id, i.Assignee }).HasDatabaseName("IX_Incidents_Page");
            incident.HasIndex(i => new { i.Status, i.Severity, i.LastSeen, i.Id, i.Assignee }).HasDatabaseName("IX_Incidents_PageOfStatus");
            incident.HasIndex(i => new { i.Hazard, i.Status, i.LastSeen, i.Id, i.Policy, i.Severity, i.Assignee }).HasDatabaseName("IX_Incidents_PageOfHazard");
            incident.HasIndex(i => new { i.Policy, i.Status, i.LastSeen, i.Id, i.Severity, i.Assignee }).HasDatabaseName("IX_Incidents_PageOfPolicy");
            incident.HasIndex(i => new { i.Assignee, i.LastSeen, i.Id }).HasDatabaseName("IX_Incidents_PageOfAssignee").HasFilter("\"Assignee\" IS NOT NULL");

            // What triggers count.
            incident.HasIndex(i => new { i.Policy, i.Status, i.ConfirmedAt });
        });

        modelBuilder.Entity<IncidentOccurrence>(occurrence =>
        {
            occurrence.HasKey(o => new { o.IncidentId, o.InteractionId });
            occurrence.HasOne<Incident>().WithMany().HasForeignKey(o => o.IncidentId).OnDelete(DeleteBehavior.Cascade);
            occurrence.Property(o => o.Detectors).HasConversion<JsonColumn<IReadOnlyList<string>>, ByReference<IReadOnlyList<string>>>();
            occurrence.HasIndex(o => new { o.ReleaseId, o.Recurrence });
        });

        modelBuilder.Entity<ReceivedInteraction>(interaction =>
        {
            interaction.HasKey(i => i.InteractionId);
            interaction.HasIndex(i => i.At);
        });

        modelBuilder.Entity<IncidentComment>(comment =>
        {
            comment.HasKey(c => c.Id);
            comment.Property(c => c.Text).IsProtected(protector);
            comment.HasOne<Incident>().WithMany().HasForeignKey(c => c.IncidentId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<IncidentJudgement>(judgement =>
        {
            judgement.HasKey(j => new { j.IncidentId, j.By });
            judgement.HasOne<Incident>().WithMany().HasForeignKey(j => j.IncidentId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<AccessKey>(key =>
        {
            key.HasKey(k => k.Id);
            key.HasIndex(k => k.Hash).IsUnique();
        });

        modelBuilder.Entity<PendingAudit>(pending => pending.HasKey(p => p.Sequence));

        modelBuilder.Entity<Approval>(approval =>
        {
            approval.HasKey(a => a.Id);
            approval.HasIndex(a => a.ReleaseId);
        });

        modelBuilder.Entity<RunRecord>(run =>
        {
            run.ToTable("Runs");
            run.HasKey(r => r.RunId);
            run.Property(r => r.Progress);

            // A failure deep in training may quote what it trained on.
            run.Property(r => r.Error).IsProtected(protector);

            // A list is a "primitive collection" to EF, which overlooks the convention's comparer and warns.
            run.Property(r => r.Gates).HasConversion<JsonColumn<IReadOnlyList<GateLine>>, ByReference<IReadOnlyList<GateLine>>>();
            run.Ignore(r => r.IsActive);
            run.HasIndex(r => r.State);
            run.HasIndex(r => r.StartedAt);
        });

        modelBuilder.Entity<RunIncident>(row =>
        {
            row.HasKey(r => new { r.RunId, r.IncidentId });
            row.HasOne<RunRecord>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(r => r.IncidentId);
        });

        modelBuilder.Entity<RunRequest>(request =>
        {
            request.HasKey(r => r.RequestId);
            request.HasOne<RunRecord>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
