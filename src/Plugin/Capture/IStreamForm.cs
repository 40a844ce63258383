namespace Unlearning.Plugin.Capture;

/// <summary>How the pieces of a stream are read and made; one form for each kind of stream.</summary>
internal interface IStreamForm<T>
    where T : class
{
    /// <summary>Gets the number of the choice that a piece belongs to.</summary>
    int ChoiceOf(T piece);

    /// <summary>Gets a piece's answer text.</summary>
    string TextOf(T piece);

    /// <summary>Gets a piece's reasoning, which callers see too but which is not the answer.</summary>
    string ReasoningOf(T piece);

    /// <summary>Makes the piece that refuses.</summary>
    /// <param name="like">A piece of the same choice.</param>
    /// <param name="ruling">What to say.</param>
    /// <param name="afterText">Whether the caller has some of the answer already.</param>
    T Refusal(T like, EnforcementRuling ruling, bool afterText);

    /// <summary>Gets what a piece carries besides text (usage, tool calls), or null when that is nothing.</summary>
    T? WithoutText(T piece);

    /// <summary>Makes the last piece of a choice: with the ruling's marks, and the reason for a refusal's end.</summary>
    T Ending(T like, EnforcementRuling ruling);
}
