using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Unlearning.Engine.Inference;

/// <summary>Translates <see cref="ChatOptions"/>, as <see cref="LlamaChatClient"/> documents it.</summary>
internal static class ChatSettings
{
    private static readonly GenerationSettings Defaults = new();

    /// <exception cref="ArgumentException">An additional property is no number, or logprobs neither true nor false.</exception>
    public static GenerationSettings From(ChatOptions? options) => new()
    {
        MaximumTokens = options?.MaxOutputTokens ?? Defaults.MaximumTokens,
        Temperature = options?.Temperature ?? Defaults.Temperature,
        TopP = options?.TopP ?? Defaults.TopP,
        TopK = options?.TopK ?? Defaults.TopK,
        MinP = Number(options, "min_p") ?? Defaults.MinP,
        RepetitionPenalty = Number(options, "repetition_penalty") ?? Defaults.RepetitionPenalty,
        FrequencyPenalty = options?.FrequencyPenalty ?? Defaults.FrequencyPenalty,
        PresencePenalty = options?.PresencePenalty ?? Defaults.PresencePenalty,
        Seed = options?.Seed ?? Random.Shared.NextInt64(),
        StopStrings = options?.StopSequences is { } stops ? [.. stops] : [],
        LogProbabilities = Flag(options, "logprobs") ? (int)(Number(options, "top_logprobs") ?? 0) : null,
    };

    private static bool Flag(ChatOptions? options, string name) => Value(options, name) switch
    {
        null => false,
        bool flag => flag,
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } json => json.GetBoolean(),
        _ => throw new ArgumentException($"The additional property '{name}' must be true or false."),
    };

    private static double? Number(ChatOptions? options, string name) => Value(options, name) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.Number } json => json.GetDouble(),
        float or double or decimal or int or long => Convert.ToDouble(options!.AdditionalProperties![name], CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"The additional property '{name}' must be a number."),
    };

    private static object? Value(ChatOptions? options, string name) => options?.AdditionalProperties?.GetValueOrDefault(name);
}
