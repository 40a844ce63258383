using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The data folder of a service, which a command reads and never creates.</summary>
internal static class StoredData
{
    private const string Fix = "Start the service once, or set Unlearning:DataDirectory to where its data is.";

    /// <summary>Opens the configured data folder.</summary>
    /// <exception cref="IOException">There is none, or no store in it.</exception>
    public static DataFolder Folder(IReadOnlyDictionary<string, string?>? overrides) => Folder(ConfiguredFolders.Read(overrides).Data);

    /// <summary>Opens a data folder.</summary>
    /// <exception cref="IOException">There is none, or no store in it.</exception>
    public static DataFolder Folder(string path)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no data folder '{path}'. {Fix}");
        string store = Path.Combine(path, "unlearning.db");
        return File.Exists(store) ? new DataFolder(path) : throw new FileNotFoundException($"There is no store '{store}'. {Fix}");
    }

    /// <summary><see cref="OpenAsync"/>, but a data folder or store that is not there yet is made, as the service would make it.</summary>
    /// <exception cref="IOException">The store is of an older version, or its keys are missing.</exception>
    public static async Task<ServiceProvider> OpenOrCreateAsync(IReadOnlyDictionary<string, string?>? overrides, CancellationToken cancellationToken)
    {
        ConfiguredFolders configured = ConfiguredFolders.Read(overrides);
        if (!File.Exists(Path.Combine(configured.Data, "unlearning.db")))
        {
            await using ServiceProvider services = Services(overrides);

            // A service that starts just now makes it itself.
            using ServiceLock turn = ServiceLock.Acquire(services.GetRequiredService<DataFolder>());
            services.GetRequiredService<TextProtector>().Check();
            await using UnlearningDbContext db = await services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>()
                .CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }

        return await OpenAsync(overrides, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The configured store for a command that changes it, beside a running service or without one.</summary>
    /// <exception cref="IOException">There is none, it is of an older version, or its keys are missing.</exception>
    public static async Task<ServiceProvider> OpenAsync(IReadOnlyDictionary<string, string?>? overrides, CancellationToken cancellationToken)
    {
        Folder(overrides);
        ServiceProvider services = Services(overrides);
        try
        {
            services.GetRequiredService<TextProtector>().Check();
            await using UnlearningDbContext db = await services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>()
                .CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            return (await db.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any()
                ? throw new IOException(ReadOnlyStore.Older)
                : services;
        }
        catch
        {
            await services.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ServiceProvider Services(IReadOnlyDictionary<string, string?>? overrides)
    {
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(overrides);
        return new ServiceCollection()
            .AddSingleton<IHostEnvironment>(builder.Environment)
            .AddUnlearningStorage(builder.Configuration)
            .BuildServiceProvider();
    }
}
