namespace Unlearning.Host.Api.Management.Keys;

/// <summary>A key that was just made.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">What its bearer shows; it is told this once.</param>
public sealed record CreatedKey(KeyView Key, string Secret);
