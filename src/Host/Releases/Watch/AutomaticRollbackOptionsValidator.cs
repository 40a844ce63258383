using Microsoft.Extensions.Options;

namespace Unlearning.Host.Releases.Watch;

/// <summary>Refuses limits that would always or never be exceeded.</summary>
internal sealed class AutomaticRollbackOptionsValidator : IValidateOptions<AutomaticRollbackOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AutomaticRollbackOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        Check(options.Watch >= TimeSpan.Zero, nameof(options.Watch), options.Watch, "a time of at least 0, such as \"1.00:00:00\" for a day");
        Check(options.Every >= TimeSpan.FromSeconds(1), nameof(options.Every), options.Every, "a time of at least \"00:00:01\"");
        Check(options.MinimumCalls >= 1, nameof(options.MinimumCalls), options.MinimumCalls, "at least 1");
        Check(IsShare(options.MaximumFailureIncrease), nameof(options.MaximumFailureIncrease), options.MaximumFailureIncrease, "a share from 0 to 1");
        Check(IsShare(options.MaximumEmptyIncrease), nameof(options.MaximumEmptyIncrease), options.MaximumEmptyIncrease, "a share from 0 to 1");
        Check(options.MaximumLatencyRatio >= 1, nameof(options.MaximumLatencyRatio), options.MaximumLatencyRatio, "a factor of at least 1");
        Check(
            options.MinimumLatencyIncrease >= TimeSpan.Zero,
            nameof(options.MinimumLatencyIncrease),
            options.MinimumLatencyIncrease,
            "a time of at least 0, such as \"00:00:00.25\"");
        Check(
            IsShare(options.MaximumRecurrenceShare) && options.MaximumRecurrenceShare > 0,
            nameof(options.MaximumRecurrenceShare),
            options.MaximumRecurrenceShare,
            "a share above 0 and at most 1");
        Check(options.MinimumRecurrences >= 1, nameof(options.MinimumRecurrences), options.MinimumRecurrences, "at least 1");
        return result.Build();

        void Check<T>(bool holds, string option, T value, string use)
        {
            if (!holds)
            {
                result.AddError(FormattableString.Invariant($"{AutomaticRollbackOptions.SectionName}:{option} is {value}. Use {use}."));
            }
        }
    }

    private static bool IsShare(double value) => value is >= 0 and <= 1;
}
