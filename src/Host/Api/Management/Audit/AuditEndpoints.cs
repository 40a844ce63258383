using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management.Audit;

/// <summary><c>/v1/audit</c>: who did what.</summary>
internal static class AuditEndpoints
{
    private const int Usual = 50, Most = 1000;

    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        RouteGroupBuilder audit = group.MapGroup("/audit").WithTags("audit");
        audit.MapGet("", List).Needs(Permissions.View).WithName("listAudit").WithSummary("Lists entries, newest first");
        audit.MapGet("/verify", Verify).Needs(Permissions.View).WithName("verifyAudit").WithSummary("Checks every byte of the audit");
        audit.MapGet("/export", Export).Needs(Permissions.View).WithName("exportAudit").WithSummary("The audit's file, as JSON lines");
    }

    private static Ok<IReadOnlyList<AuditLineView>> List([FromServices] AuditLog log, string? actor, string? action, string? subject, int limit = Usual) =>
        limit is < 1 or > Most
            ? throw ApiException.Invalid("limit", $"limit is {limit}. Set it to 1 to {Most}.")
            : TypedResults.Ok<IReadOnlyList<AuditLineView>>([.. log.Read(limit, AuditQuery.Of(actor, action, subject)).Select(AuditLineView.Of)]);

    private static Ok<AuditVerification> Verify([FromServices] AuditLog log) => TypedResults.Ok(log.Verify());

    private static FileContentHttpResult Export([FromServices] AuditLog log) => TypedResults.File(log.ReadBytes(), "application/jsonl", "audit.jsonl");
}
