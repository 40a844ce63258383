using Microsoft.Extensions.Options;
using Quartz;
using Unlearning.Host.Jobs.Triggers;

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

        AddQuietFaults(options, time, result);
        AddTriggerFaults(options.Trigger, result);

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

    private static void AddQuietFaults(ScheduleOptions options, TimeProvider time, ValidateOptionsResultBuilder result)
    {
        bool sound = TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone ?? string.Empty, out _);
        for (int i = 0; i < options.QuietHours.Count; i++)
        {
            if (options.QuietHours[i].From == options.QuietHours[i].To)
            {
                sound = false;
                result.AddError(
                    $"{ScheduleOptions.SectionName}:{nameof(options.QuietHours)}:{i} begins and ends at {options.QuietHours[i].From:HH:mm}. "
                    + "Set From and To to different times, such as \"08:00\" and \"20:00\"; for whole days use QuietDates.");
            }
        }

        foreach (string date in options.QuietDates.Where(date => !DateOnly.TryParseExact(date, "yyyy-MM-dd", out _)))
        {
            sound = false;
            result.AddError($"{ScheduleOptions.SectionName}:{nameof(options.QuietDates)} has '{date}', which is no date. Write it as \"2026-12-25\".");
        }

        if (!sound)
            return;
        try
        {
            new QuietTime(Options.Create(options)).EndOf(time.GetUtcNow());
        }
        catch (InvalidOperationException endless)
        {
            result.AddError(endless.Message);
        }
    }

    private static void AddTriggerFaults(TriggerOptions trigger, ValidateOptionsResultBuilder result)
    {
        string key = $"{ScheduleOptions.SectionName}:{nameof(ScheduleOptions.Trigger)}";
        if (trigger.MinimumConfirmed < 0)
        {
            result.AddError($"{key}:{nameof(trigger.MinimumConfirmed)} is {trigger.MinimumConfirmed}. Use 1 or more, or 0 for no such rule.");
        }

        if (trigger.Window <= TimeSpan.Zero)
        {
            result.AddError($"{key}:{nameof(trigger.Window)} is {trigger.Window}. Use a time such as \"7.00:00:00\" for seven days.");
        }

        if (trigger.OrSeverity is < 0 or > 4)
        {
            result.AddError($"{key}:{nameof(trigger.OrSeverity)} is {trigger.OrSeverity}. Use a severity of 1 to 4, or 0 for no such rule.");
        }
    }
}
