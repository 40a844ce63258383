using Microsoft.Extensions.Logging.Abstractions;
using Unlearning.Host.Audit;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the audit is what was written.</summary>
internal sealed class AuditCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "audit";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (!installation.HasData)
            return Task.FromResult(Finding.Ok("There is none yet."));
        AuditVerification found = new AuditLog(installation.Data, NullLogger<AuditLog>.Instance).Verify();
        return Task.FromResult(found.IsWhole
            ? Finding.Ok($"It is whole, up to {found.Head.Sequence}:{found.Head.Hash}.")
            : Finding.Problem(string.Join(' ', found.Problems), "Put 'audit.jsonl' and 'audit-head.json' back from a backup, and find out who changed them."));
    }
}
