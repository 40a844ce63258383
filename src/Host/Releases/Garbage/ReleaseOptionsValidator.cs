using Microsoft.Extensions.Options;
using Quartz;

namespace Unlearning.Host.Releases.Garbage;

/// <summary>Refuses a retention that would take the way back, or a time that is none.</summary>
internal sealed class ReleaseOptionsValidator : IValidateOptions<ReleaseOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ReleaseOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (options.Keep < 1)
        {
            result.AddError($"{ReleaseOptions.SectionName}:{nameof(options.Keep)} is {options.Keep}. Use at least 1, so that there is a way back.");
        }

        if (options.MinimumAge < TimeSpan.Zero)
        {
            result.AddError($"{ReleaseOptions.SectionName}:{nameof(options.MinimumAge)} is {options.MinimumAge}. Use a time of at least 0, such as \"30.00:00:00\".");
        }

        if (options.GarbageCron != ReleaseOptions.Off && !CronExpression.TryParse(options.GarbageCron, out _))
        {
            result.AddError(
                $"{ReleaseOptions.SectionName}:{nameof(options.GarbageCron)} is '{options.GarbageCron}', which is no Quartz cron expression. Use six "
                + "fields (second minute hour day month weekday), such as \"0 10 4 * * ?\", or \"-\" for never.");
        }

        return result.Build();
    }
}
