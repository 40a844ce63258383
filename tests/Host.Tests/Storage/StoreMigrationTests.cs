using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Jobs;

namespace Unlearning.Host.Tests.Storage;

public sealed class StoreMigrationTests
{
    [Fact]
    public async Task A_service_starts_on_a_store_whose_migration_was_killed()
    {
        using TemporaryFolder folder = new();
        await using (TemporaryStore store = await TemporaryStore.CreateAsync())
        {
            await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
            await db.Database.ExecuteSqlRawAsync(
                """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-03-01 12:00:00');
                """);
            ResumeTests.Snapshot(store.Path, folder.Path);
        }

        // Without the mend it would wait without end; the guard makes that a failure.
        await using JobHost started = await JobHost.StartAsync(folder.Path).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await started.Store.ListAsync(1));
    }
}
