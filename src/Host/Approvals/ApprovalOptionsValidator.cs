using Microsoft.Extensions.Options;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Approvals;

/// <summary>Refuses approvals that nobody could give.</summary>
internal sealed class ApprovalOptionsValidator : IValidateOptions<ApprovalOptions>
{
    private const int Most = 9, HoursOfAYear = 8760;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ApprovalOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (options.Required is < 0 or > Most)
            result.AddError($"{ApprovalOptions.SectionName}:{nameof(options.Required)} is {options.Required}. Use 0 (nobody has to approve) to {Most}.");
        if (options.ExpiresHours is < 1 or > HoursOfAYear)
            result.AddError($"{ApprovalOptions.SectionName}:{nameof(options.ExpiresHours)} is {options.ExpiresHours}. Use 1 to {HoursOfAYear} hours.");
        foreach (Role role in options.Roles.Where(role => !Enum.IsDefined(role) || !RolePermissions.Of(role).HasFlag(Permissions.Approve)))
            result.AddError($"{ApprovalOptions.SectionName}:{nameof(options.Roles)} names {RoleWord.Of(role)}, which may not approve. Use approver or admin.");
        return result.Build();
    }
}
