using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management;

/// <summary>A wish for a key.</summary>
/// <param name="Name">The person or program it is for; two keys of one name are one identity.</param>
/// <param name="Role">What its bearer is here to do.</param>
/// <param name="Days">After how many days it ends by itself; null for never.</param>
public sealed record CreateKey(string Name, Role Role, double? Days = null);
