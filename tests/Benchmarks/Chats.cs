using Microsoft.Extensions.AI;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;

namespace Unlearning.Benchmarks;

/// <summary>Chats with the engine as an application has them: through IChatClient, template and tokenizer included.</summary>
internal static class Chats
{
    private static readonly string[] Subjects =
        ["a lighthouse", "a river", "a clock", "a bridge", "a violin", "a garden", "a train", "a library",
         "a mountain", "a ship", "a market", "a letter", "a winter", "a desert", "a kitchen", "a harbour"];

    private static int _count;

    /// <summary>Prompts whose answers are long; all different, also from earlier ones, so that nothing read before helps.</summary>
    public static string[] Stories(int count) =>
        [.. Enumerable.Range(0, count).Select(i => $"{Fresh()} Write a long and detailed story about {Subjects[i % Subjects.Length]}.")];

    /// <summary>A new user message that adds <paramref name="tokens"/> tokens to the beginning that all chats share.</summary>
    public static string OfLength(LlamaEngine engine, int tokens)
    {
        string text = $"{Fresh()} Summarise this list:";
        int shared = SharedTokens(engine);
        while (Encode(engine, text).Length - shared < tokens)
            text += " one";
        return Encode(engine, text).Length - shared == tokens
            ? text
            : throw new InvalidOperationException($"No filling of the prompt gives {tokens} tokens.");
    }

    /// <summary>Tokens of the template before the user's own words, which an engine may keep from chat to chat.</summary>
    public static int SharedTokens(LlamaEngine engine) => Encode(engine, "a").AsSpan().CommonPrefixLength(Encode(engine, "1"));

    /// <summary>The tokens that the engine reads for a user message.</summary>
    public static int[] Encode(LlamaEngine engine, string message) =>
        engine.Template.Encode([new ChatTurn("user", message)], addGenerationPrompt: true, engine.Tokenizer);

    /// <summary>Greedy answers of exactly <paramref name="tokens"/> tokens, begun together so that they share every decode step.</summary>
    /// <exception cref="InvalidOperationException">An answer ended sooner, which would spoil the timing.</exception>
    public static async Task AnswerAsync(LlamaEngine engine, IReadOnlyList<string> prompts, int tokens)
    {
        using LlamaChatClient client = new(engine, adapter: null);

        // Asked from the engine's own thread, so that no decode step starts before the last chat is there.
        Task<ChatResponse>[] answers = await engine.RunAsync(_ => prompts.Select(prompt => client.GetResponseAsync(
            [new ChatMessage(ChatRole.User, prompt)], new ChatOptions { Temperature = 0, MaxOutputTokens = tokens })).ToArray()).ConfigureAwait(false);
        foreach (ChatResponse answer in await Task.WhenAll(answers).ConfigureAwait(false))
        {
            if (answer.Usage?.OutputTokenCount != tokens)
                throw new InvalidOperationException($"An answer ended after {answer.Usage?.OutputTokenCount} of {tokens} tokens.");
        }
    }

    // Three digits each time, so that all messages have as many tokens.
    private static int Fresh() => 100 + (_count++ % 900);
}
