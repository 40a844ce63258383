using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Evaluation;

/// <summary>
/// What an evaluation found, fit to be stored: it names prompts by id and answers by hash, and holds no text of either.
/// </summary>
public sealed record EvaluationReport
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,

        // An interval may be open-ended and a metric not a number; JSON has no words of its own for either.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>SHA-256 over the prompts' ids and texts, in hexadecimal: two reports compare only if it is the same.</summary>
    public required string PromptsHash { get; init; }

    /// <summary>The seed of the bootstrap.</summary>
    public required int Seed { get; init; }

    /// <summary>The level of all intervals, 0.95 or, where the sample could be extended, 0.975.</summary>
    public double Confidence { get; init; } = ConfidenceLevel.OfOneLook;

    /// <summary>How many prompts were held back for an extension that was not needed or could not have helped; 0 where none were.</summary>
    public int HeldBack { get; init; }

    /// <summary>The extension of the sample; null where there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SampleExtension? Extension { get; init; }

    /// <summary>The metrics, in the order in which a reader wants them.</summary>
    public required IReadOnlyList<MetricResult> Metrics { get; init; }

    /// <summary>Every answered prompt with the facts about both answers.</summary>
    public required IReadOnlyList<AnswerRecord> Answers { get; init; }

    /// <summary>The metric of that name, or null when it was not measured.</summary>
    /// <param name="name">One of <see cref="MetricNames"/>.</param>
    /// <param name="hazard">The hazard it is wanted for, as taxonomy:name; null for the metric of all prompts.</param>
    public MetricResult? Find(string name, string? hazard = null) =>
        Metrics.FirstOrDefault(metric => metric.Name == name && metric.Hazard == hazard);

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such a report.</exception>
    public static EvaluationReport FromJson(string json) =>
        JsonSerializer.Deserialize<EvaluationReport>(json, _options) ?? throw new JsonException("The evaluation report is null.");

    /// <summary>The hash of a list of prompts.</summary>
    internal static string HashPrompts(IEnumerable<EvaluationPrompt> prompts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Concat(prompts.Select(prompt => $"{prompt.Id}\n{prompt.Text}\n{prompt.Answer}\n\n")))));
}
