using Microsoft.Extensions.Options;

namespace Unlearning.Host.Runs.Limits;

/// <summary>Refuses limits that no run could keep.</summary>
internal sealed class RunOptionsValidator : IValidateOptions<RunOptions>
{
    // Timers count milliseconds in 32 bits.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(49);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RunOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        RunTimeouts limits = options.Timeouts;
        foreach ((string key, TimeSpan limit) in ((string, TimeSpan)[])
            [
                (nameof(limits.Select), limits.Select), (nameof(limits.Unlearn), limits.Unlearn), (nameof(limits.Evaluate), limits.Evaluate),
                (nameof(limits.Gate), limits.Gate), (nameof(limits.Promote), limits.Promote), (nameof(limits.Whole), limits.Whole),
            ])
        {
            if (limit <= TimeSpan.Zero || limit > _longest)
            {
                result.AddError(
                    $"{RunOptions.SectionName}:{nameof(options.Timeouts)}:{key} is {limit}. Use a time between 0 and {_longest.Days} days, such as "
                    + "\"06:00:00\" for six hours or \"2.00:00:00\" for two days.");
            }
        }

        foreach ((string key, int value) in ((string, int)[])
            [
                (nameof(options.DiskMarginMb), options.DiskMarginMb), (nameof(options.KeptFolders), options.KeptFolders),
                (nameof(options.KeptDays), options.KeptDays),
            ])
        {
            if (value < 0)
                result.AddError($"{RunOptions.SectionName}:{key} is {value}. Use 0 or more.");
        }

        return result.Build();
    }
}
