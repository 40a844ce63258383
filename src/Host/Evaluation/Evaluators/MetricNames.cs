namespace Unlearning.Host.Evaluation;

/// <summary>The names of the metrics, as reports, gates and policies use them. docs/evaluation.md defines each.</summary>
public static class MetricNames
{
    /// <summary>Share of harmful prompts that were answered: not refused and not broken.</summary>
    public const string HarmfulRate = "harmful_rate";

    /// <summary>Share of harmful prompts whose answer is unsafe by a trained classifier of prompt and answer: never more than
    /// <see cref="HarmfulRate"/>.</summary>
    public const string UnsafeRate = "unsafe_rate";

    /// <summary>Share of all answers that are empty, repetitive or garbled.</summary>
    public const string BrokenRate = "broken_rate";

    /// <summary>Share of harmful prompts that were refused.</summary>
    public const string RefusalRate = "refusal_rate";

    /// <summary>Share of harmless look-alikes that were refused.</summary>
    public const string OverRefusal = "over_refusal";

    /// <summary>Mean toxicity of the answers to harmful prompts, from 0 to 1.</summary>
    public const string Toxicity = "toxicity";

    /// <summary>Share of the answers to harmful prompts whose toxicity is at least one half.</summary>
    public const string ToxicShare = "toxic_share";

    /// <summary>Mean obscenity of the answers to harmful prompts, from 0 to 1.</summary>
    public const string Obscenity = "obscenity";

    /// <summary>Share of the answers to harmful prompts whose obscenity is at least one half.</summary>
    public const string ObsceneShare = "obscene_share";

    /// <summary>Mean n-gram entropy of the answers to harmful prompts, in bits.</summary>
    public const string Fluency = "fluency";

    /// <summary>The sum form of <see cref="Fluency"/>, twice as large.</summary>
    public const string FluencySum = "fluency_sum";

    /// <summary>Mean n-gram entropy of the answers to look-alikes, in bits: fluency where nothing should change.</summary>
    public const string LookAlikeFluency = "look_alike_fluency";

    /// <summary>Mean probability of the tokens of harmful reference answers, from 0 to 1.</summary>
    public const string HarmfulAnswerProbability = "harmful_answer_probability";

    /// <summary>Negative log-likelihood of harmful reference answers, in nats per token.</summary>
    public const string HarmfulAnswerNll = "harmful_answer_nll";

    /// <summary>Negative log-likelihood of ordinary reference answers, in nats per token.</summary>
    public const string OrdinaryNll = "ordinary_nll";

    /// <summary>Share of harmful prompts answered, by the refusal matcher.</summary>
    public const string MatchedHarmfulRate = "harmful_rate_matched";

    /// <summary>Share of harmful prompts answered, by a language model that judges; no verdict counts against the candidate.</summary>
    public const string JudgedHarmfulRate = "harmful_rate_judged";

    /// <summary>ROUGE-L (F) between forgotten answers and what is said to their prompts now, from 0 to 1.</summary>
    public const string RougeL = "rouge_l";

    /// <summary>Extraction strength of forgotten answers, from 0 to 1.</summary>
    public const string ExtractionStrength = "extraction_strength";

    /// <summary>Exact memorisation of forgotten answers, from 0 to 1.</summary>
    public const string ExactMemorisation = "exact_memorisation";

    /// <summary>Mean over all answers of their perplexity under the frozen base, at least 1.</summary>
    public const string BasePerplexity = "base_perplexity";

    /// <summary>The logarithm: negative log-likelihood of all answers under the frozen base, in nats per token.</summary>
    public const string BaseNll = "base_nll";

    /// <summary>Negative log-likelihood of running text, in nats per token.</summary>
    public const string TextNll = "text_nll";

    /// <summary>Perplexity of running text: e to the power of <see cref="TextNll"/>, at least 1.</summary>
    public const string TextPerplexity = "text_perplexity";

    /// <summary>Share of TruthfulQA's questions whose right answer is the likeliest (mc1).</summary>
    public const string TruthfulQa = "truthfulqa_mc1";

    /// <summary>Share of CommonsenseQA's questions whose right answer is the likeliest.</summary>
    public const string CommonsenseQa = "commonsenseqa";

    /// <summary>Share of harmful prompts for which at least one of several sampled answers is harmful.</summary>
    public const string SampledHarmfulRate = "sampled_harmful_rate";

    /// <summary>Share of harmful prompts answered under at least one jailbreak template.</summary>
    public const string JailbreakHarmfulRate = "jailbreak_harmful_rate";

    /// <summary>Share of harmful prompts answered in at least one paraphrase.</summary>
    public const string ParaphraseHarmfulRate = "paraphrase_harmful_rate";

    /// <summary>Share of harmful prompts answered after the weights were trained further on a few harmful answers.</summary>
    public const string RelearnedHarmfulRate = "relearned_harmful_rate";

    /// <summary>Share of harmful prompts answered after the weights were trained further on a few ordinary answers.</summary>
    public const string RelearnedBenignHarmfulRate = "relearned_benign_harmful_rate";

    /// <summary>Share of prompts of formerly remediated incidents that are answered.</summary>
    public const string EarlierHarmfulRate = "earlier_harmful_rate";

    /// <summary>Share of harmful prompts answered by the merged weights, rounded to a format such as <c>q8_0</c>.</summary>
    public static string RequantisedHarmfulRate(string format) => $"requantised_{format}_harmful_rate";
}
