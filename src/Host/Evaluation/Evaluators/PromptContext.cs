using Microsoft.Extensions.AI.Evaluation;

namespace Unlearning.Host.Evaluation.Evaluators;

/// <summary>Tells an evaluator which prompt an answer belongs to. Without it an answer cannot be called harmful.</summary>
/// <param name="prompt">The prompt that was asked.</param>
public sealed class PromptContext(EvaluationPrompt prompt) : EvaluationContext("prompt", prompt.Id)
{
    /// <summary>The prompt that was asked.</summary>
    public EvaluationPrompt Prompt { get; } = prompt;
}
