using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Plugin.Capture;

/// <summary>Judges captured interactions by the current policies and reports those that match.</summary>
/// <remarks>Nothing here fails the call that was captured: policies or a sink that throw are logged, without text, and counted.</remarks>
public sealed partial class InteractionRecorder
{
    private readonly IPolicySource _policies;
    private readonly IIncidentSink _sink;
    private readonly CaptureMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<InteractionRecorder> _logger;
    private readonly CaptureOptions _options;
    private readonly ISubjectHasher? _subjects;

    /// <summary>Creates the recorder.</summary>
    /// <param name="policies">What judges.</param>
    /// <param name="sink">Where matches go.</param>
    /// <param name="metrics">What counts them.</param>
    /// <param name="options">The sink's time limit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets identifiers, policy names and exception types, never text.</param>
    /// <param name="subjects">Hashes who the app was talking to, where there is a key to do it with.</param>
    public InteractionRecorder(
        IPolicySource policies,
        IIncidentSink sink,
        CaptureMetrics metrics,
        IOptions<CaptureOptions> options,
        TimeProvider time,
        ILogger<InteractionRecorder>? logger = null,
        ISubjectHasher? subjects = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _policies = policies;
        _sink = sink;
        _metrics = metrics;
        _time = time;
        _logger = logger ?? NullLogger<InteractionRecorder>.Instance;
        _options = options.Value;
        _subjects = subjects;
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
            Id = Guid.CreateVersion7(now).ToString("N"),
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
        LogEnforced(interactionId, ruling.Policy, ruling.Action);
    }

    /// <summary>Notes that an enforcing policy could not judge.</summary>
    internal void EnforcementFailed(string interactionId, Policy policy, Exception failure)
    {
        _metrics.EnforcementFailed(policy, failure);
        LogEnforcementFailed(policy.Name, interactionId, failure.GetType().Name, policy.Enforcement.FailsClosed ? "refused" : "let pass");
    }

    /// <summary>Judges one interaction and reports it if a policy matched.</summary>
    /// <param name="interaction">A finished interaction.</param>
    /// <returns>A task that ends when the sink has acknowledged it, failed, or run out of time; it never faults.</returns>
    public ValueTask RecordAsync(Interaction interaction) => RecordAsync(interaction, []);

    /// <summary>Judges an interaction whose answer has several choices.</summary>
    /// <param name="interaction">A finished interaction.</param>
    /// <param name="parts">The answer's choices.</param>
    /// <param name="policies">What judges, when something has been judged already; otherwise the policies now in force.</param>
    internal async ValueTask RecordAsync(Interaction interaction, IReadOnlyList<string> parts, PolicySet? policies = null)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        _metrics.Captured(interaction);
#pragma warning disable CA1031 // Whatever fails here must not fail the app's call.
        IncidentReport? report;
        try
        {
            report = new InteractionJudgement(policies ?? _policies.Current, interaction, parts, (policy, failure) =>
            {
                _metrics.Failed("judge", failure);
                LogPolicyFailed(policy.Name, interaction.Id, failure.GetType().Name);
            }).Report();
        }
        catch (Exception failure)
        {
            _metrics.Failed("judge", failure);
            LogJudgingFailed(interaction.Id, failure.GetType().Name);
            return;
        }

        if (report is null)
        {
            return;
        }

        foreach (PolicyMatch match in report.Matches)
        {
            _metrics.Flagged(match);
            LogFlagged(interaction.Id, match.Policy, match.Severity, match.PromptMatched, match.AnswerMatched);
        }

        try
        {
            using CancellationTokenSource overdue = new(_options.SinkTimeout, _time);
            await _sink.ReportAsync(ReportScrubber.Scrub(report, policies ?? _policies.Current, _subjects), overdue.Token).AsTask().WaitAsync(overdue.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _metrics.Failed("sink", failure);
            LogSinkFailed(interaction.Id, failure.GetType().Name);
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(
        EventId = 1001,
        EventName = "InteractionFlagged",
        Level = LogLevel.Information,
        Message = "Interaction {InteractionId} matched {Policy}, severity {Severity} (prompt: {PromptMatched}, answer: {AnswerMatched}).")]
    private partial void LogFlagged(string interactionId, string policy, int severity, bool promptMatched, bool answerMatched);

    // The exceptions themselves are not logged: a store's message may quote the text it could not keep.
    [LoggerMessage(
        EventId = 1002,
        EventName = "SinkFailed",
        Level = LogLevel.Warning,
        Message = "The incident sink failed on interaction {InteractionId} ({ExceptionType}); the incident is lost, the answer is not.")]
    private partial void LogSinkFailed(string interactionId, string exceptionType);

    [LoggerMessage(
        EventId = 1003,
        EventName = "JudgingFailed",
        Level = LogLevel.Warning,
        Message = "The policies failed on interaction {InteractionId} ({ExceptionType}); it was not judged, the answer is not lost.")]
    private partial void LogJudgingFailed(string interactionId, string exceptionType);

    [LoggerMessage(
        EventId = 1005,
        EventName = "PolicyFailed",
        Level = LogLevel.Warning,
        Message = "The policy {Policy} failed on interaction {InteractionId} ({ExceptionType}); the others have judged it.")]
    private partial void LogPolicyFailed(string policy, string interactionId, string exceptionType);

    [LoggerMessage(
        EventId = 1006,
        EventName = "PolicyEnforced",
        Level = LogLevel.Information,
        Message = "Interaction {InteractionId} was enforced by {Policy}: {Action}.")]
    private partial void LogEnforced(string interactionId, string policy, string action);

    [LoggerMessage(
        EventId = 1007,
        EventName = "EnforcementFailed",
        Level = LogLevel.Warning,
        Message = "The policy {Policy} could not judge interaction {InteractionId} ({ExceptionType}), which is therefore {Outcome}.")]
    private partial void LogEnforcementFailed(string policy, string interactionId, string exceptionType, string outcome);
}
