using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Policies;

/// <summary>The policies of one folder, read again whenever a file changes.</summary>
/// <remarks>
/// All files take effect together or not at all: while any of them is wrong the set that loaded last stays in force. At the start
/// there is none to keep, so the files that are right take effect and the source is unhealthy until the others are.
/// </remarks>
public sealed partial class FolderPolicySource : IPolicySource, IDisposable
{
    // Editors write a file in several steps; the reload waits until they have been quiet for so long.
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(200);

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly ITimer _rescan;
    private readonly ITimer _debounce;
    private readonly FileSystemWatcher? _watcher;
    private readonly Lock _reloading = new();
    private PolicyFolder? _seen;
    private volatile State _state = new(PolicySet.Empty, []);

    /// <summary>Reads the folder and begins to watch it.</summary>
    /// <param name="options">The folder and the rescan interval.</param>
    /// <param name="time">Paces the rescans.</param>
    /// <param name="logger">Gets what is wrong with the files.</param>
    public FolderPolicySource(IOptions<PolicyOptions> options, TimeProvider time, ILogger<FolderPolicySource>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _folder = Path.GetFullPath(options.Value.Directory);
        _logger = logger ?? NullLogger<FolderPolicySource>.Instance;
        Reload();
        _debounce = time.CreateTimer(_ => Reload(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rescan = time.CreateTimer(_ => Reload(), null, options.Value.RescanInterval, options.Value.RescanInterval);
        _watcher = Watch();
    }

    /// <inheritdoc/>
    public PolicySet Current => _state.Policies;

    /// <inheritdoc/>
    public bool Healthy => _state.Errors.Count == 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Errors => _state.Errors;

    /// <summary>Reads the folder now; does nothing when no file has changed since it was last read.</summary>
    /// <returns><see cref="Healthy"/> after the reading.</returns>
    public bool Reload()
    {
        lock (_reloading)
        {
            PolicyFolder folder = PolicyFolder.Read(_folder);
            if (folder.Revision == _seen?.Revision)
            {
                return Healthy;
            }

            bool first = _seen is null;
            (PolicySet policies, IReadOnlyList<PolicyError> errors) = folder.Compile(_seen);
            _seen = folder;
            _state = new State(errors.Count == 0 || first ? policies : Current, [.. errors.Select(error => error.ToString())]);
            foreach (string error in Errors)
            {
                LogError(error);
            }

            if (errors.Count == 0)
            {
                LogLoaded(policies.Policies.Count, policies.Revision);
            }
            else
            {
                LogKept(errors.Count, Current.Policies.Count, Current.Revision);
            }

            return Healthy;
        }
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        _watcher?.Dispose();
        _debounce.Dispose();
        _rescan.Dispose();
    }

    private FileSystemWatcher? Watch()
    {
        try
        {
            FileSystemWatcher watcher = new(_folder)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += ReloadSoon;
            watcher.Created += ReloadSoon;
            watcher.Deleted += ReloadSoon;
            watcher.Renamed += ReloadSoon;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or PlatformNotSupportedException)
        {
            // No such folder yet, or no watches left to have: the rescan still sees every change.
            LogNotWatched(failure.GetType().Name);
            return null;
        }
    }

    private void ReloadSoon(object sender, FileSystemEventArgs change) => _debounce.Change(_quiet, Timeout.InfiniteTimeSpan);

    [LoggerMessage(
        EventId = 1101,
        EventName = "PoliciesLoaded",
        Level = LogLevel.Information,
        Message = "Loaded {Count} policies, revision {Revision}.")]
    private partial void LogLoaded(int count, string revision);

    [LoggerMessage(EventId = 1102, EventName = "PolicyFileWrong", Level = LogLevel.Error, Message = "{Error}")]
    private partial void LogError(string error);

    [LoggerMessage(
        EventId = 1103,
        EventName = "PoliciesKept",
        Level = LogLevel.Error,
        Message = "The policy files have {Count} error(s); until they are corrected, {InForce} policies are in force, revision {Revision}.")]
    private partial void LogKept(int count, int inForce, string revision);

    [LoggerMessage(
        EventId = 1104,
        EventName = "PoliciesNotWatched",
        Level = LogLevel.Warning,
        Message = "The policy folder cannot be watched ({ExceptionType}); changes are seen at the next rescan.")]
    private partial void LogNotWatched(string exceptionType);

    private sealed record State(PolicySet Policies, IReadOnlyList<string> Errors);
}
