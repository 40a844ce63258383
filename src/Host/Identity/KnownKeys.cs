using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Unlearning.Host.Api;

namespace Unlearning.Host.Identity;

/// <summary>
/// The keys that count now, in memory: those of the settings and those of the store, read again every few seconds, so that a revoked key
/// ends soon in every process. While the store is down the keys that were known last go on counting, so that a rollback stays possible.
/// </summary>
public sealed partial class KnownKeys(
    IOptions<ApiOptions> options, TimeProvider time, ILogger<KnownKeys> logger, AccessKeyStore? store = null) : IDisposable
{
    /// <summary>The name under which keys of the settings act.</summary>
    public const string ConfiguredName = "app";

    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(2);

    private readonly FrozenSet<string> _configured = options.Value.Keys.Select(AccessKeySecret.HashOfSetting).ToFrozenSet(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Snapshot? _known;
    private int _changes;

    /// <summary>Who shows this secret.</summary>
    /// <returns>The actor; null when no such key counts.</returns>
    public async Task<Actor?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        // Looked up by its hash, so that nothing about how close a guess was shows in the time it takes.
        string hash = AccessKeySecret.HashOf(secret);
        if (_configured.Contains(hash))
        {
            return new Actor(ConfiguredName, RolePermissions.Of(Role.App)) { Role = Role.App };
        }

        Snapshot known = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return known.Keys.TryGetValue(hash, out AccessKey? key) && key.RevokedAt is null && !(key.ExpiresAt <= time.GetUtcNow())
            ? new Actor(key.Name, RolePermissions.Of(key.Role)) { Role = key.Role }
            : null;
    }

    /// <summary>Whether any key was ever made or set; until then whoever reaches the port is the local actor.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken) =>
        _configured.Count > 0 || (await ReadAsync(cancellationToken).ConfigureAwait(false)).Keys.Count > 0;

    /// <summary>Has the store read again at the next question; what is being read right now answers none after this.</summary>
    public void Forget() => Interlocked.Increment(ref _changes);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        if (store is null)
        {
            return Snapshot.None;
        }

        if (Fresh() is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);

        // Before the store is read: a change that comes after may be missing in what is read.
        int changes = Volatile.Read(ref _changes);
        long now = time.GetTimestamp();
        try
        {
            if (Fresh() is { } fresh)
            {
                return fresh;
            }

            IReadOnlyList<AccessKey> keys = await store.ListAsync(cancellationToken).ConfigureAwait(false);
            Snapshot read = new(keys.ToFrozenDictionary(key => key.Hash, StringComparer.Ordinal), now, changes);
            Volatile.Write(ref _known, read);
            return read;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A store that is down must lock nobody out who was in.
        catch (Exception failure) when (Volatile.Read(ref _known) is not null)
#pragma warning restore CA1031
        {
            LogStale(failure.GetType().Name);
            Snapshot stale = Volatile.Read(ref _known)! with { At = time.GetTimestamp(), Changes = changes };
            Volatile.Write(ref _known, stale);
            return stale;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Snapshot? Fresh() =>
        Volatile.Read(ref _known) is { } known && known.Changes == Volatile.Read(ref _changes) && time.GetElapsedTime(known.At) < _fresh ? known : null;

    [LoggerMessage(
        EventId = 6003,
        EventName = "KeysStale",
        Level = LogLevel.Warning,
        Message = "The keys could not be read again ({ExceptionType}); those known before go on counting.")]
    private partial void LogStale(string exceptionType);

    /// <param name="Keys">The keys by their hashes.</param>
    /// <param name="At">When they began to be read, as a timestamp.</param>
    /// <param name="Changes">How many changes had been told of by then.</param>
    private sealed record Snapshot(FrozenDictionary<string, AccessKey> Keys, long At, int Changes)
    {
        public static Snapshot None { get; } = new(FrozenDictionary<string, AccessKey>.Empty, 0, 0);
    }
}
