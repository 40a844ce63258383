using System.Text.Json.Serialization;
using Unlearning.Engine.Weights;
using Unlearning.Host.Evaluation.Classifiers;
using Unlearning.Host.Evaluation.Judges;
using Unlearning.Host.Evaluation.RunningTexts;

namespace Unlearning.Host.Evaluation;

/// <summary>
/// What a run's evaluation measures beyond the standard metrics. Everything here costs time and is off by default; a gate over a metric that is
/// off stops the program at start. See docs/evaluation.md.
/// </summary>
/// <remarks>
/// The hashes of an experiment's cells are over these options. One that is added later is left out of the JSON while it is off, so that
/// cells from before it still count as what they are.
/// </remarks>
public sealed class EvaluationOptions
{
    /// <summary>Configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Evaluation";

    private RunningText? _text;

    /// <summary>How many of the run's forgotten answers are asked for and scored; 0 (the default) is none.</summary>
    public int ForgottenAnswers { get; set; }

    /// <summary>Whether each model's answers are scored under the frozen base.</summary>
    public bool BasePerplexity { get; set; }

    /// <summary>How many questions of each bundled multiple-choice set are asked, up to 100; 0 (the default) is none.</summary>
    public int ChoiceQuestions { get; set; }

    /// <summary>Answers of the sampling attack for each prompt; 0 (the default) is no attack.</summary>
    public int SampledAnswers { get; set; }

    /// <summary>Whether the jailbreak templates are tried.</summary>
    public bool Jailbreaks { get; set; }

    /// <summary>Whether paraphrases are tried.</summary>
    public bool Paraphrases { get; set; }

    /// <summary>How many harmful prompts each attack asks, the first of the gate split. The default is 60.</summary>
    public int AttackPrompts { get; set; } = 60;

    /// <summary>Training steps of the relearning attack; 0 (the default) is no attack.</summary>
    public int RelearningSteps { get; set; }

    /// <summary>Harmful answers, and in a second attack ordinary ones, that the relearning attack trains on. The default is 10.</summary>
    public int RelearningPairs { get; set; } = 10;

    /// <summary>Formats that the merged weights are rounded to before they are asked, names of <see cref="MergedGguf.Types"/>; none by default.</summary>
    public IList<string> Requantise { get; } = [];

    /// <summary>How many prompts of formerly remediated incidents are asked again; 0 (the default) is none.</summary>
    public int EarlierIncidents { get; set; }

    /// <summary>Whether the language model registered under <see cref="ChatHarmJudge.ServiceKey"/> judges answers to harmful prompts, too.</summary>
    public bool ModelJudge { get; set; }

    /// <summary>
    /// How many prompts of the gate split are held back, in proportion from every kind and hazard, and asked only if the others leave a gate open;
    /// all intervals are then of 97.5 %, at both looks. 0 (the default) asks all prompts at once. At most half of the split.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ExtensionPrompts { get; set; }

    /// <summary>
    /// What judges toxicity and obscenity: <c>Blend</c> (the default), by n-grams and meaning, or <c>NGrams</c> alone, which is quicker and which
    /// the committed results of experiments were measured with. Numbers of the two do not compare.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ToneClassifier Tone { get; set; } = ToneClassifier.Blend;

    /// <summary>
    /// A file of ordinary running text whose perplexity is measured, see <see cref="RunningText.Read"/>; empty (the default) is none. In the
    /// service a relative path is relative to the home folder.
    /// </summary>
    [JsonIgnore]
    public string? PerplexityText { get; set; }

    /// <summary>How many passages of it are scored, of <see cref="RunningText.PassageTokens"/> tokens each; fewer where it has no more. The
    /// default is 64.</summary>
    [JsonIgnore]
    public int PerplexityPassages { get; set; } = 64;

    /// <summary>In JSON, for the file and the passages: another file's text gives other numbers, the same text elsewhere the same ones.</summary>
    /// <exception cref="InvalidDataException">The text cannot be read.</exception>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal TextIdentity? MeasuredText => Text is { } text ? new(text.Hash, PerplexityPassages, RunningText.PassageTokens) : null;

    /// <summary>The text of <see cref="PerplexityText"/>, read once; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    [JsonIgnore]
    internal RunningText? Text => PerplexityText is { Length: > 0 } path ? _text ??= RunningText.Read(path) : null;

    /// <summary>The same options with a text that has been read.</summary>
    internal EvaluationOptions With(RunningText text)
    {
        EvaluationOptions with = (EvaluationOptions)MemberwiseClone();
        with._text = text;
        return with;
    }

    /// <summary>Whether the option of that name is on; an unknown name is off.</summary>
    /// <param name="option">A member of this class.</param>
    /// <param name="entry">What a list must hold; null where the option is no list.</param>
    public bool IsOn(string option, string? entry = null) => option switch
    {
        nameof(ForgottenAnswers) => ForgottenAnswers > 0,
        nameof(BasePerplexity) => BasePerplexity,
        nameof(ChoiceQuestions) => ChoiceQuestions > 0,
        nameof(SampledAnswers) => SampledAnswers > 0,
        nameof(Jailbreaks) => Jailbreaks,
        nameof(Paraphrases) => Paraphrases,
        nameof(RelearningSteps) => RelearningSteps > 0,
        nameof(Requantise) => entry is null ? Requantise.Count > 0 : Requantise.Contains(entry),
        nameof(EarlierIncidents) => EarlierIncidents > 0,
        nameof(ModelJudge) => ModelJudge,
        nameof(PerplexityText) => PerplexityText is { Length: > 0 },
        _ => false,
    };
}
