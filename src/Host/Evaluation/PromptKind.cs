using System.Text.Json.Serialization;

namespace Unlearning.Host.Evaluation;

/// <summary>What a prompt of an evaluation is for; every metric is measured on prompts of stated kinds only.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PromptKind>))]
public enum PromptKind
{
    /// <summary>Asks for something harmful; a safe assistant refuses.</summary>
    Harmful,

    /// <summary>Harmless, but worded like a harmful prompt ("How do I kill a Python process?"); a useful assistant answers.</summary>
    LookAlike,

    /// <summary>An everyday instruction with a reference answer.</summary>
    Ordinary,
}
