using Microsoft.Extensions.Options;

namespace Unlearning.Host.Incidents;

/// <summary>Checks each number's range, and that the cap per subject can bind.</summary>
internal sealed class SelectionOptionsValidator : IValidateOptions<SelectionOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SelectionOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        Check(result, nameof(options.MaximumIncidents), options.MaximumIncidents, 1);
        Check(result, nameof(options.MaximumPerSubject), options.MaximumPerSubject, 1);
        Check(result, nameof(options.MaximumReplayed), options.MaximumReplayed, 0);
        if (options.MaximumPerSubject > options.MaximumIncidents)
        {
            result.AddError(
                $"{SelectionOptions.SectionName}:{nameof(options.MaximumPerSubject)} is {options.MaximumPerSubject}, more than "
                + $"{nameof(options.MaximumIncidents)} ({options.MaximumIncidents}), so one subject could fill a run. Lower it.");
        }

        return result.Build();
    }

    private static void Check(ValidateOptionsResultBuilder result, string key, int value, int minimum)
    {
        if (value < minimum)
        {
            result.AddError($"{SelectionOptions.SectionName}:{key} is {value}. Set it to {minimum} or more.");
        }
    }
}
