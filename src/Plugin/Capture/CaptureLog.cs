using Microsoft.Extensions.Logging;

namespace Unlearning.Plugin.Capture;

/// <summary>What capture logs: identifiers, policy names and exception types.</summary>
/// <remarks>Exceptions themselves are not logged: a store's message may quote the text it could not keep.</remarks>
internal static partial class CaptureLog
{
    [LoggerMessage(
        EventId = 1001,
        EventName = "InteractionFlagged",
        Level = LogLevel.Information,
        Message = "Interaction {InteractionId} matched {Policy}, severity {Severity} (prompt: {PromptMatched}, answer: {AnswerMatched}).")]
    public static partial void Flagged(
        ILogger logger, string interactionId, string policy, int severity, bool promptMatched, bool answerMatched);

    [LoggerMessage(
        EventId = 1002,
        EventName = "SinkFailed",
        Level = LogLevel.Warning,
        Message = "The incident sink failed on interaction {InteractionId} ({ExceptionType}); the incident is lost, the answer is not.")]
    public static partial void SinkFailed(ILogger logger, string interactionId, string exceptionType);

    [LoggerMessage(
        EventId = 1003,
        EventName = "JudgingFailed",
        Level = LogLevel.Warning,
        Message = "The policies failed on interaction {InteractionId} ({ExceptionType}); it was not judged, the answer is not lost.")]
    public static partial void JudgingFailed(ILogger logger, string interactionId, string exceptionType);

    [LoggerMessage(
        EventId = 1005,
        EventName = "PolicyFailed",
        Level = LogLevel.Warning,
        Message = "The policy {Policy} failed on interaction {InteractionId} ({ExceptionType}); the others have judged it.")]
    public static partial void PolicyFailed(ILogger logger, string policy, string interactionId, string exceptionType);

    [LoggerMessage(
        EventId = 1006,
        EventName = "PolicyEnforced",
        Level = LogLevel.Information,
        Message = "Interaction {InteractionId} was enforced by {Policy}: {Action}.")]
    public static partial void Enforced(ILogger logger, string interactionId, string policy, string action);

    [LoggerMessage(
        EventId = 1007,
        EventName = "EnforcementFailed",
        Level = LogLevel.Warning,
        Message = "The policy {Policy} could not judge interaction {InteractionId} ({ExceptionType}), which is therefore {Outcome}.")]
    public static partial void EnforcementFailed(
        ILogger logger, string policy, string interactionId, string exceptionType, string outcome);

    [LoggerMessage(
        EventId = 1008,
        EventName = "Shedding",
        Level = LogLevel.Warning,
        Message = "More is captured than {Stage} can take: {Count} shed since the last word of it. The metric unlearning.capture.shed counts them.")]
    public static partial void Shedding(ILogger logger, string stage, long count);

    [LoggerMessage(
        EventId = 1009,
        EventName = "NotDrained",
        Level = LogLevel.Warning,
        Message = "{Count} captured interactions were not handed on before the app stopped. Raise Unlearning:Capture:DrainTimeout.")]
    public static partial void NotDrained(ILogger logger, long count);

    [LoggerMessage(
        EventId = 1010,
        EventName = "DetectorFailed",
        Level = LogLevel.Warning,
        Message = "The detector {Detector} failed on interaction {InteractionId} ({ExceptionType}); the policies judge without it.")]
    public static partial void DetectorFailed(ILogger logger, string detector, string interactionId, string exceptionType);
}
