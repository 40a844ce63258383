using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Unlearning.Host.Audit;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>
/// The desk of a command: of a service where one is named, by <c>--url</c> or <c>UNLEARNING_URL</c>; else of the data folder itself, beside
/// a running service or without one, as the system's user.
/// </summary>
internal sealed class OpenDesk : IAsyncDisposable
{
    private readonly object[] _owned;

    private OpenDesk(IIncidentDesk desk, string me, params object[] owned) => (Desk, Me, _owned) = (desk, me, owned);

    /// <summary>The desk.</summary>
    public IIncidentDesk Desk { get; }

    /// <summary>Who is at it.</summary>
    public string Me { get; }

    /// <summary>Opens it.</summary>
    /// <param name="settings">What the verbs share.</param>
    /// <param name="url">The service's address as it was given, or null.</param>
    /// <param name="writes">Whether anything is to be changed; without it a data folder is opened so that no byte of its store can be.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="IOException">No service answers; or there is no store, it is of an older version, or its keys are missing.</exception>
    public static async Task<OpenDesk> OpenAsync(DeskSettings settings, string? url, bool writes, CancellationToken cancellationToken)
    {
        if (ServiceConnection.IsNamed(url))
        {
            ServiceConnection service = ServiceConnection.Open(url, settings.Overrides);
            try
            {
                string me = (await service.GetAsync<Api.Management.WhoAmI>("v1/whoami", cancellationToken).ConfigureAwait(false)).Name;
                return new OpenDesk(new HttpIncidentDesk(service), me, service);
            }
            catch
            {
                service.Dispose();
                throw;
            }
        }

        ConfiguredFolders configured = ConfiguredFolders.Read(settings.Overrides);
        FolderReviewRules rules = new(configured.Policies);
        ILoggerFactory loggers = settings.Loggers ?? LoggerFactory.Create(logging => logging
            .AddConfiguration(UnlearningHost.CreateBuilder(settings.Overrides).Configuration.GetSection("Logging"))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        object[] own = settings.Loggers is null ? [loggers] : [];
        if (writes)
        {
            ServiceProvider services = await StoredData.OpenAsync(settings.Overrides, cancellationToken).ConfigureAwait(false);
            IncidentDesk desk = new(
                Actor.System,
                services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>(),
                services.GetRequiredService<StoreWriter>(),
                services.GetRequiredService<AuditLog>(),
                services.GetRequiredService<DataFolder>(),
                rules,
                settings.Time,
                loggers.CreateLogger<IncidentDesk>());
            return new OpenDesk(desk, Actor.System.Name, [services, .. own]);
        }

        DataFolder data = StoredData.FolderWithStore(configured.Data);
        ReadOnlyStore store = new(data, configured.KeyRing);
        await store.CheckAsync(cancellationToken).ConfigureAwait(false);
        StoreWriter none = new(store);
        return new OpenDesk(
            new IncidentDesk(
                Actor.System, store, none, new AuditLog(data, NullLogger<AuditLog>.Instance), data, rules, settings.Time, loggers.CreateLogger<IncidentDesk>()),
            Actor.System.Name,
            [none, .. own]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (object one in _owned)
        {
            if (one is IAsyncDisposable later)
                await later.DisposeAsync().ConfigureAwait(false);
            else
                (one as IDisposable)?.Dispose();
        }
    }
}
