using System.Text.Json;

namespace Unlearning.Host.Evaluation.Choices;

/// <summary>
/// The multiple-choice questions that ship inside the program (sources and licences: ATTRIBUTION.md beside this file). They are made by
/// the hidden verb <c>build-choices</c>.
/// </summary>
public static class BundledChoices
{
    /// <summary>The sources, each a file: <c>truthfulqa</c> and <c>commonsenseqa</c>.</summary>
    public static IReadOnlyList<string> Sources { get; } = [ChoiceSources.TruthfulQaName, ChoiceSources.CommonsenseQaName];

    /// <summary>All questions of a source, in a fixed order that is as good as random: the first n are a sample.</summary>
    public static IReadOnlyList<ChoiceQuestion> Load(string source)
    {
        string name = $"Unlearning.Host.Evaluation.Choices.{source}.jsonl";
        using Stream stream = typeof(BundledChoices).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without its resource {name}. Make it with the verb build-choices.");
        using StreamReader reader = new(stream);
        List<ChoiceQuestion> questions = [];
        while (reader.ReadLine() is { } line)
        {
            questions.Add(JsonSerializer.Deserialize<ChoiceQuestion>(line, ChoiceSources.Json)
                ?? throw new InvalidDataException($"{name}:{questions.Count + 1}: not a question."));
        }

        return questions;
    }
}
