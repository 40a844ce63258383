namespace Unlearning.Host.Identity;

/// <summary>What an endpoint asks for, as its metadata.</summary>
/// <param name="Permission">The permission.</param>
public sealed record PermissionNeeded(Permissions Permission);
