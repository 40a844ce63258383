namespace Unlearning.Engine.Text;

/// <summary>One sequence for training or scoring: the token ids, and which of them belong to the answer.</summary>
/// <param name="Id">Name for messages and logs; never text of the sequence.</param>
/// <param name="Ids">Token ids, not padded.</param>
/// <param name="AnswerMask">True for answer tokens (the end token included); same length as <paramref name="Ids"/>.</param>
public sealed record AnswerExample(string Id, IReadOnlyList<int> Ids, IReadOnlyList<bool> AnswerMask)
{
    /// <summary>Number of answer tokens.</summary>
    public int AnswerTokens { get; } = AnswerMask.Count(answer => answer);

    /// <summary>
    /// Renders a prompt and its answer as the assistant's turn, cut to <paramref name="maximumTokens"/>.
    /// </summary>
    /// <param name="id">Name for messages and logs.</param>
    /// <param name="prompt">What the user says.</param>
    /// <param name="answer">What the assistant says.</param>
    /// <param name="template">How a chat is written.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maximumTokens">Longest sequence, prompt included.</param>
    /// <param name="ends">Whether the turn's end token follows and belongs to the answer; false for an answer that was cut short.</param>
    /// <exception cref="ArgumentException">The prompt leaves no room for an answer.</exception>
    public static AnswerExample Create(
        string id, string prompt, string answer, ChatTemplate template, Tokenizer tokenizer, int maximumTokens = int.MaxValue, bool ends = true)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(tokenizer);
        int[] start = template.Encode([new ChatTurn("user", prompt)], addGenerationPrompt: true, tokenizer);
        if (start.Length >= maximumTokens)
        {
            throw new ArgumentException(
                $"Example {id}: its prompt takes {start.Length} tokens of {maximumTokens}. Shorten it or raise the token limit.", nameof(prompt));
        }

        int[] ids = [.. start, .. tokenizer.Encode(answer), .. template.StopTokens(tokenizer).Take(ends ? 1 : 0)];
        if (ids.Length > maximumTokens)
            ids = ids[..maximumTokens];
        return new AnswerExample(id, ids, [.. Enumerable.Range(0, ids.Length).Select(position => position >= start.Length)]);
    }

    /// <summary>Checks what a batch relies on.</summary>
    /// <exception cref="ArgumentException">An id is outside the vocabulary, the answer is empty, or it starts at position 0.</exception>
    public void Validate(int vocabularySize)
    {
        if (AnswerMask.Count != Ids.Count)
            throw new ArgumentException($"Example {Id}: the answer mask has {AnswerMask.Count} entries for {Ids.Count} tokens.");
        if (AnswerTokens == 0)
            throw new ArgumentException($"Example {Id}: no token is marked as answer. Give it an answer or leave it out.");
        if (AnswerMask[0])
            throw new ArgumentException($"Example {Id}: the answer starts at position 0, where nothing predicts it. Put a token before it.");
        for (int position = 0; position < Ids.Count; position++)
        {
            if (Ids[position] < 0 || Ids[position] >= vocabularySize)
            {
                throw new ArgumentException(
                    $"Example {Id}: token id {Ids[position]} at position {position} is outside the vocabulary of {vocabularySize}. " +
                    "Tokenize it with this model's own tokenizer.");
            }
        }
    }
}
