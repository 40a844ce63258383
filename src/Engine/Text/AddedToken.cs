namespace Unlearning.Engine.Text;

/// <summary>A token that is found in text as a whole, before anything is cut or merged.</summary>
/// <param name="Text">Its text, not empty.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsSpecial">Whether it is a control token, which text that users wrote never becomes.</param>
internal readonly record struct AddedToken(string Text, int Id, bool IsSpecial);
