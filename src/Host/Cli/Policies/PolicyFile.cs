using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>One policy file, as it was named and as it was found.</summary>
/// <param name="Name">The file's path as it was typed, for messages that an editor can follow.</param>
/// <param name="Loaded">What it holds.</param>
internal sealed record PolicyFile(string Name, LoadedPolicy Loaded);
