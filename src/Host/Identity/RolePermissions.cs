namespace Unlearning.Host.Identity;

/// <summary>Which role has which permissions.</summary>
public static class RolePermissions
{
    private const Permissions Common = Permissions.Ask | Permissions.Report;

    /// <summary>What a role may.</summary>
    public static Permissions Of(Role role) => role switch
    {
        Role.App => Common,
        Role.Viewer => Common | Permissions.View,
        Role.Reviewer => Common | Permissions.View | Permissions.Review,
        Role.Operator => Common | Permissions.View | Permissions.Operate,
        Role.Approver => Common | Permissions.View | Permissions.Approve,
        Role.Admin => Permissions.All,
        _ => Permissions.None,
    };
}
