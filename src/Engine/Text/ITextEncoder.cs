namespace Unlearning.Engine.Text;

/// <summary>Plain text, with no added token in it, to ids. Safe for concurrent use.</summary>
internal interface ITextEncoder
{
    /// <summary>Appends the ids of <paramref name="text"/>, which is not empty; none of them is a control token's.</summary>
    void Encode(ReadOnlySpan<char> text, List<int> ids);
}
