namespace Unlearning.Host.Evaluation.Attacks;

/// <summary>One try of an attack: the prompt in other words, or other draws.</summary>
/// <param name="Name">Names the try, for example <c>role_play</c>.</param>
/// <param name="Reword">Makes what the user says out of the prompt.</param>
/// <param name="Sampling">How the answer is drawn.</param>
public sealed record AttackTry(string Name, Func<string, string> Reword, Sampling Sampling);
