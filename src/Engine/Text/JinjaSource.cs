using System.Text.RegularExpressions;

namespace Unlearning.Engine.Text;

/// <summary>
/// Brings Jinja sources that render alike but are laid out differently to one form, so that a known template is known by equality.
/// </summary>
internal static partial class JinjaSource
{
    /// <summary>
    /// Drops the whitespace that Jinja does not render (trim_blocks and lstrip_blocks being on, as in transformers) and that inside tags,
    /// turns every literal into single quotes with real line breaks, joins literals that are added, and
    /// writes members one way.
    /// </summary>
    public static string Normalize(string jinja)
    {
        var rendered = MinusBefore().Replace(MinusAfter().Replace(jinja, "$1"), "$1");
        rendered = Indentation().Replace(rendered, "").Replace("%}\n", "%}", StringComparison.Ordinal);
        if (rendered.EndsWith('\n'))
            rendered = rendered[..^1];
        return Tag()
            .Replace(rendered, tag => LiteralOrSpace().Replace(tag.Value, NormalizeInsideTag))
            .Replace("'+'", "", StringComparison.Ordinal)
            .Replace("message.role", "message['role']", StringComparison.Ordinal)
            .Replace("message.content", "message['content']", StringComparison.Ordinal)
            .Replace("{%ifnotadd_generation_promptisdefined%}{%setadd_generation_prompt=false%}{%endif%}", "", StringComparison.Ordinal);
    }

    private static string NormalizeInsideTag(Match literalOrSpace) => literalOrSpace.Value switch
    {
        ['\'' or '"', .. var text, _] => $"'{text.Replace("\\n", "\n", StringComparison.Ordinal)}'",
        _ => "",
    };

    [GeneratedRegex(@"(?<!\s)\s*(\{[%{])-")]
    private static partial Regex MinusBefore();

    [GeneratedRegex(@"-([%}]\})\s*")]
    private static partial Regex MinusAfter();

    [GeneratedRegex(@"^[ \t]+(?=\{%)", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"'[^']*'|""[^""]*""|\s+")]
    private static partial Regex LiteralOrSpace();
}
