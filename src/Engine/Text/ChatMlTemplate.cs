namespace Unlearning.Engine.Text;

/// <summary>ChatML, as SmolLM2 and many others use it; some of them put a default system turn first where the conversation has none.</summary>
internal sealed class ChatMlTemplate(string? defaultSystemMessage) : ChatTemplate
{
    private const string TurnStart = "<|im_start|>";
    private const string TurnEnd = "<|im_end|>";

    public override string Name => "ChatML";

    private protected override IReadOnlyList<string> EndTokens => [TurnEnd, "<|endoftext|>"];

    /// <summary>Recognises ChatML with or without a default system message; null for any other source.</summary>
    /// <param name="source">As <see cref="JinjaSource.Normalize"/> gives it.</param>
    public static ChatMlTemplate? TryRecognize(string source)
    {
        const string Loop = "{%formessageinmessages%}";
        const string DefaultStart = "{%ifloop.firstandmessages[0]['role']!='system'%}{{'<|im_start|>system\n";
        const string DefaultEnd = "<|im_end|>\n'}}{%endif%}";
        const string Turns = "{{'<|im_start|>'+message['role']+'\n'+message['content']+'<|im_end|>\n'}}{%endfor%}"
            + "{%ifadd_generation_prompt%}{{'<|im_start|>assistant\n'}}{%endif%}";

        if (source == Loop + Turns)
            return new(null);
        const string Start = Loop + DefaultStart;
        const string End = DefaultEnd + Turns;
        if (source.Length < Start.Length + End.Length || !source.StartsWith(Start, StringComparison.Ordinal) || !source.EndsWith(End, StringComparison.Ordinal))
            return null;
        var message = source[Start.Length..^End.Length];
        return message.AsSpan().ContainsAny("'\\{}") ? null : new(message);
    }

    private protected override IEnumerable<TemplatePart> Lay(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt)
    {
        if (defaultSystemMessage is not null && turns.Count > 0 && turns[0].Role != "system")
            turns = [new("system", defaultSystemMessage), .. turns];
        foreach (var turn in turns)
        {
            yield return TemplatePart.Control(TurnStart);
            yield return TemplatePart.Plain($"{turn.Role}\n{turn.Content}");
            yield return TemplatePart.Control(TurnEnd);
            yield return TemplatePart.Plain("\n");
        }
        if (addGenerationPrompt)
        {
            yield return TemplatePart.Control(TurnStart);
            yield return TemplatePart.Plain("assistant\n");
        }
    }
}
