using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>What one policy file was found to hold.</summary>
/// <param name="Places">Where each value stands.</param>
/// <param name="Document">The file as written; null when it does not fit the schema.</param>
/// <param name="Policy">The policy; null when anything is wrong.</param>
/// <param name="Errors">What is wrong, in the file's order.</param>
internal sealed record LoadedPolicy(SourceMap Places, PolicyDocument? Document, Policy? Policy, IReadOnlyList<PolicyError> Errors);
