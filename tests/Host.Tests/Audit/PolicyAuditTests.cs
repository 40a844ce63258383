using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Audit;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Audit;

public sealed class PolicyAuditTests
{
    [Fact]
    public void A_set_that_comes_into_force_is_recorded_once()
    {
        using TemporaryFolder folder = new();
        AuditLog log = new(new DataFolder(folder.Path), NullLogger<AuditLog>.Instance);
        using PolicyAudit audit = new(new FakePolicies(), log, new FakeTimeProvider(), NullLogger<PolicyAudit>.Instance);

        string? revision = audit.Record(null);
        Assert.Equal(revision, audit.Record(revision));

        AuditEvent entry = Assert.Single(log.Read(10)).Event;
        Assert.Equal((PolicyAudit.Action, revision, "service"), (entry.Action, entry.Subject, entry.Actor));
    }
}
