using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;
using Unlearning.Host.Storage.Backups;
using Unlearning.Host.Tests.Incidents;

namespace Unlearning.Host.Tests.Storage.Backups;

/// <summary>A backup with little in it.</summary>
internal static class SmallBackup
{
    /// <summary>What its one incident answered.</summary>
    public const string Said = "what was said";

    /// <summary>A backup of a small store that is at rest, in <c>data</c>, with its keys made.</summary>
    public static async Task<string> WriteAsync(string folder, string? ring = null)
    {
        string data = Path.Combine(folder, "data");
        Microsoft.Extensions.Configuration.IConfiguration settings = new Microsoft.Extensions.Configuration.ConfigurationBuilder()
            .Add(new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = [new("Unlearning:Privacy:KeyRing", ring)] }).Build();
        await using (ServiceProvider services = new ServiceCollection().AddSingleton(new DataFolder(data)).AddUnlearningStorage(settings).AddSingleton<IncidentStore>().BuildServiceProvider())
        {
            services.GetRequiredService<Unlearning.Host.Privacy.TextProtector>().Check();
            await using UnlearningDbContext db = await services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
            await db.Database.MigrateAsync();
            await services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful("f", Said)]);
        }

        SqliteConnection.ClearAllPools();
        return new Backup(new DataFolder(data), ring, "none", TimeProvider.System).Write(Path.Combine(folder, "backups"), null, default).File;
    }
}
