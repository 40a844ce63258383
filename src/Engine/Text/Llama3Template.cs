namespace Unlearning.Engine.Text;

/// <summary>The template of Llama-3 Instruct (3.0; the later ones add dates and tools, which this does not render).</summary>
internal sealed class Llama3Template : ChatTemplate
{
    private const string HeaderStart = "<|start_header_id|>";
    private const string HeaderEnd = "<|end_header_id|>";
    private const string TurnEnd = "<|eot_id|>";

    public override string Name => "Llama-3";

    private protected override IReadOnlyList<string> EndTokens => [TurnEnd, "<|end_of_text|>"];

    /// <summary>Recognises Llama-3's source, also in its first edition, which always opened the assistant's turn; null for any other.</summary>
    /// <param name="source">As <see cref="JinjaSource.Normalize"/> gives it.</param>
    public static Llama3Template? TryRecognize(string source)
    {
        const string Turns =
            "{%setloop_messages=messages%}{%formessageinloop_messages%}"
            + "{%setcontent='<|start_header_id|>'+message['role']+'<|end_header_id|>\n\n'+message['content']|trim+'<|eot_id|>'%}"
            + "{%ifloop.index0==0%}{%setcontent=bos_token+content%}{%endif%}{{content}}{%endfor%}";
        const string Opening = "{{'<|start_header_id|>assistant<|end_header_id|>\n\n'}}";
        return source is Turns + "{%ifadd_generation_prompt%}" + Opening + "{%endif%}" or Turns + Opening ? new() : null;
    }

    private protected override IEnumerable<TemplatePart> Lay(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt)
    {
        if (turns.Count > 0)
            yield return TemplatePart.Control("<|begin_of_text|>");
        foreach (var turn in turns)
        {
            foreach (var part in Header(turn.Role))
                yield return part;
            yield return TemplatePart.Plain(Trim(turn.Content));
            yield return TemplatePart.Control(TurnEnd);
        }
        if (addGenerationPrompt)
        {
            foreach (var part in Header("assistant"))
                yield return part;
        }
    }

    private static TemplatePart[] Header(string role) =>
        [TemplatePart.Control(HeaderStart), TemplatePart.Plain(role), TemplatePart.Control(HeaderEnd), TemplatePart.Plain("\n\n")];

    /// <summary>Jinja's trim is Python's, which also takes the separators U+001C to U+001F.</summary>
    private static string Trim(string content)
    {
        var (start, end) = (0, content.Length);
        while (start < end && IsPythonSpace(content[start]))
            start++;
        while (end > start && IsPythonSpace(content[end - 1]))
            end--;
        return content[start..end];

        static bool IsPythonSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
    }
}
