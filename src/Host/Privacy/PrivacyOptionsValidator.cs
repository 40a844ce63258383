using Microsoft.Extensions.Options;
using Quartz;

namespace Unlearning.Host.Privacy;

/// <summary>Refuses settings under which text would be kept for ever, or its keys nowhere.</summary>
internal sealed class PrivacyOptionsValidator : IValidateOptions<PrivacyOptions>
{
    private const int MostDays = 3650;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PrivacyOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (options.RetentionDays is < 1 or > MostDays)
            result.AddError($"{PrivacyOptions.SectionName}:{nameof(options.RetentionDays)} is {options.RetentionDays}. Set it to 1 to {MostDays} days.");
        if (options.ReceiptDays is < 1 or > MostDays)
            result.AddError($"{PrivacyOptions.SectionName}:{nameof(options.ReceiptDays)} is {options.ReceiptDays}. Set it to 1 to {MostDays} days.");
        if (!CronExpression.TryParse(options.RetentionCron, out _))
        {
            result.AddError(
                $"{PrivacyOptions.SectionName}:{nameof(options.RetentionCron)} is '{options.RetentionCron}', which is no Quartz cron expression. "
                + "Use six fields, such as \"0 30 2 * * ?\" for 2:30 every day.");
        }

        if (options.KeyRing is not null && string.IsNullOrWhiteSpace(options.KeyRing))
            result.AddError($"{PrivacyOptions.SectionName}:{nameof(options.KeyRing)} is empty. Name a folder, or leave it out for 'keys' in the data folder.");
        return result.Build();
    }
}
