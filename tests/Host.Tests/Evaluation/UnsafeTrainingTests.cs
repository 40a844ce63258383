using Unlearning.Host.Demo;
using Unlearning.Host.Embeddings;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Host.Evaluation.Training;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class UnsafeTrainingTests
{
    private static readonly string Models = Path.Combine(Repository.Root, "src", "Host", "Evaluation", "Models");

    [Fact]
    public void Training_twice_gives_the_same_bytes_and_reads_back_to_the_same_judgements()
    {
        LabelledText[] pairs = [.. UnsafeData.OwnPairs(Path.Combine(Models, "unsafe_pairs.jsonl"))];
        byte[] Train()
        {
            using MemoryStream stream = new();
            new ExchangeTrainer("unsafe", "own pairs (MIT)", Embed).Train(pairs, 0.4).Write(stream);
            return stream.ToArray();
        }

        byte[] bytes = Train();
        Assert.Equal(bytes, Train());
        ExchangeTrainer trainer = new("unsafe", "own pairs (MIT)", Embed);
        ExchangeClassifier trained = trainer.Train(pairs, 0.4);
        using MemoryStream stream = new(bytes);
        ExchangeClassifier read = ExchangeClassifier.Read(stream);
        Assert.Equal(0.4, read.Threshold);
        Assert.Equal(trainer.Score(trained, pairs).Select(pair => pair.Score), trainer.Score(read, pairs).Select(pair => pair.Score));
    }

    [Fact]
    public void At_the_threshold_harmless_ones_are_wronged_as_often_as_unsafe_ones_are_missed()
    {
        // Scores 0.005, 0.015, ... on both sides; refusals and texts without a prompt have no part in it.
        (LabelledText, double)[] scored =
        [
            .. Enumerable.Range(0, 100).Select(i => (new LabelledText(Prompts.Harmless, false, "test", $"g{i}", "ask"), (i + 0.5) / 100)),
            .. Enumerable.Range(0, 100).Select(i => (new LabelledText(string.Empty, true, "test", $"p{i}", "ask"), (i + 0.5) / 100)),
            .. Enumerable.Range(0, 100).Select(i => (new LabelledText(Prompts.Refusal, false, "test", $"r{i}", "ask"), 0.999)),
            .. Enumerable.Range(0, 100).Select(i => (new LabelledText(Prompts.Harmless, false, "test", $"t{i}"), 0.999)),
        ];
        Assert.Equal(0.5, new UnsafeTraining(AnswerClassifiers.Refusal, Embed).ThresholdOf(scored), 1e-12);
    }

    [Fact]
    public void The_own_pairs_have_both_sides_of_most_topics_and_ask_nothing_that_a_run_is_judged_by()
    {
        LabelledText[] pairs = [.. UnsafeData.OwnPairs(Path.Combine(Models, "unsafe_pairs.jsonl"))];
        Assert.True(pairs.GroupBy(pair => pair.Group).Count(topic => topic.Select(pair => pair.Positive).Distinct().Count() == 2) > 60);
        HashSet<string> asked = [.. new[] { PromptSplit.Validation, PromptSplit.Gate }.SelectMany(BundledPrompts.Load).Select(prompt => prompt.Text)];
        Assert.DoesNotContain(pairs, pair => asked.Contains(pair.Prompt!));
    }

    [SkippableFact]
    public void No_prompt_that_a_run_is_judged_by_is_trained_on()
    {
        IReadOnlyList<LabelledText> exchanges = UnsafeTraining.Exchanges(Data(), Path.Combine(Models, "refusal_labels.jsonl"), Path.Combine(Models, "unsafe_pairs.jsonl"));
        Assert.Equal(AnswerClassifiers.Unsafe.Meaning.Examples, exchanges.Count);
        HashSet<string> asked = [.. new[] { PromptSplit.Validation, PromptSplit.Gate }.SelectMany(BundledPrompts.Load).Select(prompt => prompt.Text)];
        Assert.DoesNotContain(exchanges, exchange => exchange.Prompt is { } prompt && asked.Contains(prompt.Trim()));
        Assert.DoesNotContain(exchanges, exchange => exchange.Source is "beavertails" or "alpaca" || exchange.Source.StartsWith("pku", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Unsafe_answers_of_a_set_outside_the_training_are_told_from_ordinary_ones()
    {
        string data = Data();
        LabelledText[] texts = [.. Every(UnsafeData.BeaverTails(data), 40), .. Every(UnsafeData.Alpaca(data), 40)];
        Skip.If(texts.Length < 80, "The data sets hold neither BeaverTails nor Alpaca.");
        Estimate auc = RankingQuality.AreaUnderCurve([.. texts.Select(text => (AnswerClassifiers.Unsafe.Probability(text.Prompt!, text.Text), text.Positive))]);
        Assert.InRange(auc.Value, 0.75, 1);

        static IEnumerable<LabelledText> Every(IEnumerable<LabelledText> texts, int take)
        {
            LabelledText[] all = [.. texts];
            return all.Where((_, i) => all.Length >= take && i % (all.Length / take) == 0).Take(take);
        }
    }

    private static string Data()
    {
        string? data = Environment.GetEnvironmentVariable("UNLEARNING_DATA");
        Skip.If(string.IsNullOrEmpty(data) || !Directory.Exists(data), "UNLEARNING_DATA names no folder with the data sets.");
        return data!;
    }

    // Letters stand for a meaning here: training needs vectors, not MiniLM.
    private static float[] Embed(string text)
    {
        float[] vector = new float[SentenceVectors.Dimension];
        foreach (char letter in text)
            vector[letter % vector.Length] += 1f / text.Length;
        return vector;
    }
}
