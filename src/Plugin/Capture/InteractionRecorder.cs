using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Costly;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Plugin.Capture;

/// <summary>Judges captured interactions by the current policies and reports those that match.</summary>
/// <remarks>
/// Nothing here fails the call that was captured, nor, unless it is told to wait, holds it up: judging and reporting go on behind it, within
/// bounded memory. Policies or a sink that throw are logged, without text, and counted.
/// </remarks>
public sealed class InteractionRecorder : IDisposable, IAsyncDisposable
{
    private readonly IPolicySource _policies;
    private readonly CaptureMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<InteractionRecorder> _logger;
    private readonly CapturePipeline _pipeline;
    private readonly bool _waits;

    /// <summary>Creates the recorder.</summary>
    /// <param name="policies">What judges.</param>
    /// <param name="sink">Where matches go.</param>
    /// <param name="detectors">Who asks models and services.</param>
    /// <param name="metrics">What counts them.</param>
    /// <param name="options">Limits of time and memory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets identifiers, policy names and exception types, never text.</param>
    /// <param name="subjects">Hashes who the app was talking to, where there is a key to do it with.</param>
    internal InteractionRecorder(
        IPolicySource policies,
        IIncidentSink sink,
        CostlyDetectors detectors,
        CaptureMetrics metrics,
        IOptions<CaptureOptions> options,
        TimeProvider time,
        ILogger<InteractionRecorder>? logger = null,
        ISubjectHasher? subjects = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _policies = policies;
        _metrics = metrics;
        _time = time;
        _logger = logger ?? NullLogger<InteractionRecorder>.Instance;
        _pipeline = new CapturePipeline(policies, sink, detectors, metrics, options.Value, time, _logger, subjects);
        _waits = options.Value.WaitForAcknowledgement;
    }

    /// <summary>Gets the recorder of an app, or says which call is missing.</summary>
    internal static InteractionRecorder From(IServiceProvider services) => services.GetService<InteractionRecorder>()
        ?? throw new InvalidOperationException(
            "Safety capture has no recorder. Call services.AddUnlearning(configuration) on the same service collection.");

    /// <summary>Gives a call its identifier and its time, and takes from its frame what the filters noted.</summary>
    internal Interaction Begin(CallFrame frame)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return new Interaction
        {
            Id = CaptureContext.Current?.TakeInteractionId() ?? Guid.CreateVersion7(now).ToString("N"),
            At = now,
            Prompt = "",
            Answer = "",
            Function = frame.Function,
            Subject = frame.Subject,
            Tags = frame.Tags,
        };
    }

    /// <summary>Begins to enforce the policies on a call, if any of them does more than observe.</summary>
    internal CallEnforcement? BeginEnforcement(Interaction begun)
    {
#pragma warning disable CA1031 // Whatever fails here must not fail the app's call.
        try
        {
            PolicySet policies = _policies.Current;
            return policies.Enforces ? new CallEnforcement(this, policies, begun) : null;
        }
        catch (Exception)
#pragma warning restore CA1031
        {
            // Without policies nobody has said to fail closed. The recording meets the same failure, counts it and logs it.
            return null;
        }
    }

    /// <summary>Notes that a call was marked or refused.</summary>
    internal void Enforced(string interactionId, EnforcementRuling ruling)
    {
        _metrics.Enforced(ruling);
        CaptureLog.Enforced(_logger, interactionId, ruling.Policy, ruling.Action);
    }

    /// <summary>Notes that an enforcing policy could not judge.</summary>
    internal void EnforcementFailed(string interactionId, Policy policy, Exception failure)
    {
        _metrics.EnforcementFailed(policy, failure);
        CaptureLog.EnforcementFailed(
            _logger, policy.Name, interactionId, failure.GetType().Name, policy.Enforcement.FailsClosed ? "refused" : "let pass");
    }

    /// <summary>Has one interaction judged, and reported if a policy matches, behind the caller's back.</summary>
    /// <param name="interaction">A finished interaction.</param>
    /// <returns>
    /// A task that is complete at once, or, with <see cref="CaptureOptions.WaitForAcknowledgement"/>, ends when the sink has acknowledged
    /// the incident, failed, or run out of time; it never faults.
    /// </returns>
    public ValueTask RecordAsync(Interaction interaction) => RecordAsync(interaction, []);

    /// <summary>Waits until all that was captured so far is acknowledged, lost or found harmless.</summary>
    /// <param name="cancellationToken">Ends the waiting; what waits goes on.</param>
    /// <returns>A task that ends when nothing waits any more.</returns>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _pipeline.FlushAsync(cancellationToken);

    /// <summary>Takes nothing more and waits, up to <see cref="CaptureOptions.DrainTimeout"/>, for what was captured.</summary>
    public void Dispose() => _pipeline.Dispose();

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A task that ends then.</returns>
    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    /// <summary>Has an interaction judged whose answer has several choices.</summary>
    /// <param name="interaction">A finished interaction.</param>
    /// <param name="parts">The answer's choices.</param>
    /// <param name="policies">What judges, when something has been judged already; otherwise the policies then in force.</param>
    internal ValueTask RecordAsync(Interaction interaction, IReadOnlyList<string> parts, PolicySet? policies = null)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        _metrics.Captured(interaction);
        CapturedInteraction? captured = _pipeline.Accept(interaction, parts, policies);
        return captured is not null && _waits ? new ValueTask(_pipeline.EndedAsync(captured)) : ValueTask.CompletedTask;
    }
}
