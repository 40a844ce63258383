namespace Unlearning.Host.Evaluation.RunningTexts;

/// <summary>What decides a perplexity of running text beside the model: it stands for the file in hashes and manifests, wherever the file lies.</summary>
/// <param name="Hash">SHA-256 of the text, in hexadecimal.</param>
/// <param name="Passages">How many passages are scored at most.</param>
/// <param name="PassageTokens">Tokens of a passage.</param>
internal sealed record TextIdentity(string Hash, int Passages, int PassageTokens);
