namespace Unlearning.Host.Api.Management;

/// <summary>Asks for a reason where one is kept.</summary>
internal static class Reasons
{
    /// <summary>The reason, if there is one.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    public static string Given(string? reason) => string.IsNullOrWhiteSpace(reason)
        ? throw ApiException.Invalid("reason", "Say why, in one sentence: the reason is kept in the record.")
        : reason.Trim();
}
