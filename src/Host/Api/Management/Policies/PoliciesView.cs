namespace Unlearning.Host.Api.Management.Policies;

/// <summary>The policies in force.</summary>
/// <param name="Revision">Hash of the files' contents, which every decision records.</param>
/// <param name="Healthy">Whether they are what the files say now; otherwise the last good set is in force.</param>
/// <param name="Errors">What is wrong with the files, each with its place.</param>
/// <param name="Policies">The policies, by name.</param>
public sealed record PoliciesView(string Revision, bool Healthy, IReadOnlyList<string> Errors, IReadOnlyList<PolicyView> Policies);
