namespace Unlearning.Host.Identity;

/// <summary>Roles as people and programs read and write them: <c>approver</c>.</summary>
internal static class RoleWord
{
    /// <summary>A role's word.</summary>
#pragma warning disable CA1308 // Words of the interface are in lower case.
    public static string Of(Role role) => role.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Several, any of which will do.</summary>
    public static string List(IEnumerable<Role> roles) => string.Join(" or ", roles.Select(Of));
}
