using Microsoft.Extensions.Options;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Policies.Costly;

/// <summary>Asks the models and services that policies name, within a time limit and without being captured itself.</summary>
/// <param name="detectors">Who answers which kind of question.</param>
/// <param name="options">The time limit.</param>
/// <param name="time">The clock.</param>
internal sealed class CostlyDetectors(IEnumerable<ICostlyDetector> detectors, IOptions<DetectorOptions> options, TimeProvider time)
{
    private readonly Dictionary<string, ICostlyDetector> _detectors =
        detectors.ToDictionary(detector => detector.Kind, StringComparer.Ordinal);

    /// <summary>Answers a question about a text.</summary>
    /// <returns>Yes or no; unknown when there was no answer, and then <paramref name="onFailure"/> was told why.</returns>
    public async Task<Verdict> AskAsync(
        CostlyQuestion question, JudgedText text, Action<Exception> onFailure, CancellationToken cancellationToken)
    {
        using CancellationTokenSource overdue = new(options.Value.Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, cancellationToken);
#pragma warning disable CA1031 // Whatever a model or service does must not end the capture.
        try
        {
            // A judge is a model like any other, and its prompts quote what is being judged.
            using IDisposable uncaptured = CallFrame.Suppress();
            Task<bool> answer = _detectors[question.Kind].AskAsync(question, text, either.Token);
            return await answer.WaitAsync(either.Token).ConfigureAwait(false) ? Verdict.Yes : Verdict.No;
        }
        catch (Exception failure)
#pragma warning restore CA1031
        {
            onFailure(failure);
            return Verdict.Unknown;
        }
    }
}
