namespace Unlearning.Engine.Text;

/// <summary>A stretch of a rendered conversation: one control token, or plain text.</summary>
internal readonly record struct TemplatePart(string Text, bool IsControl)
{
    public static TemplatePart Control(string token) => new(token, true);

    public static TemplatePart Plain(string text) => new(text, false);
}
