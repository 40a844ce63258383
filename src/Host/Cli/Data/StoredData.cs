using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Data;

/// <summary>The data folder of a service, which a command reads and never creates.</summary>
internal static class StoredData
{
    private const string StoreName = "unlearning.db";
    private const string Fix = "Start the service once, or set Unlearning:DataDirectory to where its data is.";

    // What each service leaves, whichever of it was lost: so that a wrong path is not taken for an empty service.
    private static readonly string[] _ofAService =
        [StoreName, "live-release.jsonl", "audit.jsonl", "audit-head.json", "fingerprint.key", "key-ring.check", "keys", "releases", "quartz.db"];

    /// <summary>Opens the configured data folder, for what must work when the store is gone, too.</summary>
    /// <exception cref="IOException">There is none, or it is no service's.</exception>
    public static DataFolder Folder(IReadOnlyDictionary<string, string?>? overrides) => Folder(ConfiguredFolders.Read(overrides).Data);

    /// <inheritdoc cref="Folder(IReadOnlyDictionary{string, string?})"/>
    public static DataFolder Folder(string path)
    {
        Require(path);
        return _ofAService.Any(name => Path.Exists(Path.Combine(path, name)))
            ? new DataFolder(path)
            : throw new DirectoryNotFoundException($"'{path}' holds no data of a service. {Fix}");
    }

    /// <summary>Whether the store is there; where it is not, it was lost, or the service never started.</summary>
    public static bool HasStore(DataFolder data) => File.Exists(StoreOf(data.Path));

    /// <summary>Opens a data folder for what reads the store.</summary>
    /// <exception cref="IOException">There is none, or no store in it.</exception>
    public static DataFolder FolderWithStore(string path)
    {
        Require(path);
        return File.Exists(StoreOf(path)) ? new DataFolder(path) : throw new FileNotFoundException($"There is no store '{StoreOf(path)}'. {Fix}");
    }

    /// <summary><see cref="OpenAsync"/>, but a data folder or store that is not there yet is made, as the service would make it.</summary>
    /// <exception cref="IOException">The store is of an older version, or its keys are missing.</exception>
    public static async Task<ServiceProvider> OpenOrCreateAsync(IReadOnlyDictionary<string, string?>? overrides, CancellationToken cancellationToken)
    {
        ConfiguredFolders configured = ConfiguredFolders.Read(overrides);
        if (!File.Exists(StoreOf(configured.Data)))
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
        FolderWithStore(ConfiguredFolders.Read(overrides).Data);
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

    private static void Require(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no data folder '{folder}'. {Fix}");
    }

    private static string StoreOf(string folder) => Path.Combine(folder, StoreName);

    private static ServiceProvider Services(IReadOnlyDictionary<string, string?>? overrides)
    {
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(overrides);
        return new ServiceCollection()
            .AddSingleton<IHostEnvironment>(builder.Environment)
            .AddUnlearningStorage(builder.Configuration)
            .BuildServiceProvider();
    }
}
