using Microsoft.Extensions.AI;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Policies.Costly;

/// <summary>
/// Has a Llama-Guard-style model classify the conversation: the model's own template makes the task of it, and the answer is
/// <c>safe</c>, or <c>unsafe</c> and on the next line the categories, such as <c>S1,S9</c>.
/// </summary>
internal sealed class LlamaGuard(IServiceProvider services) : ICostlyDetector
{
    public string Kind => "guard";

    public async Task<bool> AskAsync(CostlyQuestion question, JudgedText text, CancellationToken cancellationToken)
    {
        (string key, string categories) = (GuardQuestion)question;
        ChatMessage[] conversation = text.Prompt is { } prompt
            ? [new(ChatRole.User, prompt), new(ChatRole.Assistant, text.Normalized)]
            : [new(ChatRole.User, text.Normalized)];
        ChatResponse response = await NamedChatClient.Find(services, key).GetResponseAsync(
            conversation, new ChatOptions { Temperature = 0, MaxOutputTokens = 32 }, cancellationToken).ConfigureAwait(false);
        return Read(response.Text, categories);
    }

    /// <summary>Reads the classification.</summary>
    /// <param name="answer">The model's answer.</param>
    /// <param name="categories">The categories that count, joined by commas; empty for all.</param>
    /// <exception cref="FormatException">It is no classification.</exception>
    internal static bool Read(string answer, string categories)
    {
        string[] words = answer.Split([' ', '\n', '\r', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["safe", ..] => false,
            ["unsafe", ..] when categories.Length == 0 => true,
            ["unsafe", .. string[] found] => categories.Split(',').Intersect(found, StringComparer.OrdinalIgnoreCase).Any(),
            _ => throw new FormatException("The guard model answered neither safe nor unsafe."),
        };
    }
}
