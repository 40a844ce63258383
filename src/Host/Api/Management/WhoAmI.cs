using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management;

/// <summary>Who the caller is.</summary>
/// <param name="Name">The identity.</param>
/// <param name="Role">The role.</param>
/// <param name="Permissions">What it may do.</param>
public sealed record WhoAmI(string Name, Role Role, IReadOnlyList<string> Permissions);
