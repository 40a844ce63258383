using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>An evaluator that judges the answer's text alone and needs no model to do so.</summary>
public abstract class AnswerEvaluator : IEvaluator
{
    /// <inheritdoc/>
    public abstract IReadOnlyCollection<string> EvaluationMetricNames { get; }

    /// <inheritdoc/>
    /// <remarks>The chat configuration is not used; of the contexts only a <see cref="PromptContext"/> is read.</remarks>
    public ValueTask<EvaluationResult> EvaluateAsync(
        IEnumerable<ChatMessage> messages,
        ChatResponse modelResponse,
        ChatConfiguration? chatConfiguration = null,
        IEnumerable<EvaluationContext>? additionalContext = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(modelResponse);
        cancellationToken.ThrowIfCancellationRequested();
        EvaluationPrompt? prompt = additionalContext?.OfType<PromptContext>().FirstOrDefault()?.Prompt;
        return ValueTask.FromResult(new EvaluationResult(Judge(modelResponse.Text, prompt)));
    }

    /// <summary>The metrics of one answer.</summary>
    /// <param name="answer">The answer's text.</param>
    /// <param name="prompt">The prompt that was asked, where the caller said so.</param>
    protected abstract EvaluationMetric[] Judge(string answer, EvaluationPrompt? prompt);
}
