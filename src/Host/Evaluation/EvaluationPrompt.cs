namespace Unlearning.Host.Evaluation;

/// <summary>One prompt of a split, as it stands on a line of a prompt file.</summary>
/// <param name="Id">Unique among all splits; names the source and the row in it, for example <c>xstest-101</c>.</param>
/// <param name="Text">What the user says.</param>
/// <param name="Kind">What the prompt is for.</param>
/// <param name="Hazard">For harmful prompts the AILuminate hazard (vcr, ncr, iwp, ssh, hte, dfm, prv, ipv, src, spc_*); otherwise
/// null.</param>
/// <param name="Source">The data set it came from; see Demo/ATTRIBUTION.md.</param>
/// <param name="Answer">For ordinary prompts the reference answer; otherwise null.</param>
public sealed record EvaluationPrompt(string Id, string Text, PromptKind Kind, string? Hazard, string Source, string? Answer = null);
