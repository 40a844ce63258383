using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>Scores each text by a classifier that was trained on the others.</summary>
internal static class CrossValidation
{
    /// <summary>Number of folds.</summary>
    public const int Folds = 5;

    /// <summary>The texts with their scores; texts of one group share a fold.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="train">Trains on some of them and returns what scores a text.</param>
    public static IReadOnlyList<(LabelledText Text, double Score)> Score(
        IReadOnlyList<LabelledText> texts, Func<IReadOnlyList<LabelledText>, Func<LabelledText, double>> train)
    {
        // Groups are dealt to folds in the order of a seeded shuffle.
        string[] groups = [.. texts.Select(text => text.Group).Distinct()];
        SplitMix random = new(20);
        for (int i = groups.Length - 1; i > 0; i--)
        {
            int j = random.Below(i + 1);
            (groups[i], groups[j]) = (groups[j], groups[i]);
        }

        Dictionary<string, int> fold = groups
            .Select((group, index) => (group, index))
            .ToDictionary(pair => pair.group, pair => pair.index % Folds);
        List<(LabelledText, double)> scored = [];
        for (int k = 0; k < Folds; k++)
        {
            Func<LabelledText, double> score = train([.. texts.Where(text => fold[text.Group] != k)]);
            scored.AddRange(texts.Where(text => fold[text.Group] == k).Select(text => (text, score(text))));
        }

        return scored;
    }
}
