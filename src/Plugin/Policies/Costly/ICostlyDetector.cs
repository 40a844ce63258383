using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Policies.Costly;

/// <summary>Answers one kind of question about a text by a model or a service.</summary>
internal interface ICostlyDetector
{
    /// <summary>Gets the kind of question it answers (<see cref="CostlyQuestion.Kind"/>).</summary>
    string Kind { get; }

    /// <summary>Answers.</summary>
    /// <param name="question">A question of <see cref="Kind"/>.</param>
    /// <param name="text">The text, with what it answers.</param>
    /// <param name="cancellationToken">Signalled when it takes too long.</param>
    /// <returns>Whether the detector fires.</returns>
    /// <exception cref="Exception">Any, when there is no answer to be had; it is logged by its type alone.</exception>
    Task<bool> AskAsync(CostlyQuestion question, JudgedText text, CancellationToken cancellationToken);
}
