using Unlearning.Engine.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.RunningTexts;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>Cuts running text into passages of equal length, so that the mean over passages is the mean over all scored tokens.</summary>
internal static class TextPassages
{
    /// <summary>
    /// The text is encoded whole, without a chat template and without a token at its beginning, and divided from its start into passages of
    /// <see cref="RunningText.PassageTokens"/>; of these the wanted number is taken, spread evenly over the text. All tokens are scored but
    /// each passage's first, which nothing precedes.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="count">How many, at least 1; fewer where the text has no more.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="InvalidDataException">The text is shorter than one passage.</exception>
    public static IReadOnlyList<AnswerExample> Cut(RunningText text, int count, Tokenizer tokenizer)
    {
        const int length = RunningText.PassageTokens;
        int[] ids = tokenizer.Encode(text.Text);
        int whole = ids.Length / length, taken = Math.Min(count, whole);
        if (whole == 0)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"The text of {EvaluationOptions.SectionName}:{nameof(EvaluationOptions.PerplexityText)} has {ids.Length} tokens, and a passage has {length}. Name a longer one."));
        }

        bool[] scored = [.. Enumerable.Range(0, length).Select(position => position > 0)];
        return [.. Enumerable.Range(0, taken).Select(i => (Index: i, Start: (int)((long)i * whole / taken) * length))
            .Select(passage => new AnswerExample($"passage {passage.Index}", ids[passage.Start..(passage.Start + length)], scored))];
    }
}
