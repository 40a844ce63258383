using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Runs.Training;

/// <summary>Sequences to train on, cut to a length.</summary>
internal static class FittedExample
{
    // A prompt that alone fills the sequence has no answer left to learn from.
    private const int FewestAnswerTokens = 8;

    /// <summary>A prompt with its answer, cut; null where the prompt leaves no room for an answer.</summary>
    /// <param name="engine">Gives the template and the tokenizer; nothing is computed.</param>
    /// <param name="id">Name for messages and logs; never text of the sequence.</param>
    /// <param name="answer">The prompt and its answer.</param>
    /// <param name="maximumTokens">Longest sequence, prompt included.</param>
    /// <param name="answerTokens">Answer tokens that count at most.</param>
    public static AnswerExample? Of(LlamaEngine engine, string id, ReferenceAnswer answer, int maximumTokens, int answerTokens)
    {
        int start = engine.Template.Encode([new ChatTurn("user", answer.Prompt)], addGenerationPrompt: true, engine.Tokenizer).Length;
        return start < maximumTokens - FewestAnswerTokens
            ? AnswerExample.Create(
                id, answer.Prompt, answer.Answer, engine.Template, engine.Tokenizer, Math.Min(maximumTokens, start + answerTokens), answer.Ends)
            : null;
    }
}
