using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Successive;

/// <summary>What one of several successive runs works on.</summary>
/// <param name="Sets">Its sets; whoever builds them decides whether earlier incidents are replayed in them.</param>
/// <param name="Prompts">The harmful prompts that are new in this run, asked after it; of no other run.</param>
internal sealed record SuccessiveBatch(RunSets Sets, IReadOnlyList<EvaluationPrompt> Prompts);
