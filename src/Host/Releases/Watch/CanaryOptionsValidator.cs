using Microsoft.Extensions.Options;

namespace Unlearning.Host.Releases.Watch;

/// <summary>Refuses a canary that could not be judged.</summary>
internal sealed class CanaryOptionsValidator : IValidateOptions<CanaryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CanaryOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (!(options.Share >= 0 && options.Share < 1))
        {
            result.AddError(
                $"{CanaryOptions.SectionName}:{nameof(options.Share)} is {options.Share}. Use a share of the conversations from 0 (no canary) to "
                + "below 1, such as 0.05: the live release must serve the others, to be compared with.");
        }

        if (options.Duration < TimeSpan.Zero)
        {
            result.AddError($"{CanaryOptions.SectionName}:{nameof(options.Duration)} is {options.Duration}. Use a time of at least 0, such as \"01:00:00\".");
        }

        if (options.MinimumCalls < 1)
        {
            result.AddError($"{CanaryOptions.SectionName}:{nameof(options.MinimumCalls)} is {options.MinimumCalls}. Use at least 1; without calls there is nothing to judge.");
        }

        return result.Build();
    }
}
