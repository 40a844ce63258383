using Microsoft.Extensions.Options;
using Quartz;

namespace Unlearning.Host.Jobs;

/// <summary>Refuses a schedule that could never fire as meant.</summary>
internal sealed class ScheduleOptionsValidator(TimeProvider time) : IValidateOptions<ScheduleOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ScheduleOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone ?? string.Empty, out _))
        {
            result.AddError(
                $"{ScheduleOptions.SectionName}:{nameof(options.TimeZone)} is '{options.TimeZone}', which this system does not know. "
                + "Use an id such as \"UTC\" or \"Europe/Berlin\"; on a slim container, install tzdata.");
        }

        string cronKey = $"{ScheduleOptions.SectionName}:{nameof(options.Cron)}";
        if (options.Cron == ScheduleOptions.Off)
        {
            return result.Build();
        }

        if (!CronExpression.TryParse(options.Cron, out CronExpression? cron))
        {
            result.AddError(
                $"{cronKey} is '{options.Cron}', which is no Quartz cron expression. Use six fields (second minute hour day month "
                + "weekday), such as \"0 0 3 * * ?\" for 3:00 every day, or \"-\" for no schedule.");
        }
        else if (cron.GetNextValidTimeAfter(time.GetUtcNow()) is null)
        {
            result.AddError(
                $"{cronKey} is '{options.Cron}', which never comes again. Name a time in the future, or \"-\" for no schedule.");
        }

        return result.Build();
    }
}
