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

    /// <summary>A prompt whose answer is long.</summary>
    public static string Story(int index) => $"Write a long and detailed story about {Subjects[index % Subjects.Length]}.";

    /// <summary>A user message that fills <paramref name="tokens"/> tokens once the chat template is around it.</summary>
    public static string OfLength(LlamaEngine engine, int tokens)
    {
        string text = "Summarise this list:";
        while (Count(text) < tokens)
            text += " one";
        return Count(text) == tokens ? text : throw new InvalidOperationException($"No filling of the prompt gives {tokens} tokens.");

        int Count(string message) => Encode(engine, message).Length;
    }

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
}
