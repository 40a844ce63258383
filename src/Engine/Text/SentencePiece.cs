using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>One entry of a SentencePiece vocabulary.</summary>
/// <param name="Text">Its spelling, spaces as U+2581.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">The higher, the sooner it is joined; NaN for a piece that is never made by joining.</param>
/// <param name="Type">What it is.</param>
internal readonly record struct SentencePiece(string Text, int Id, double Score, GgufTokenType Type);
