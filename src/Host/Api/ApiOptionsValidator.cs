using Microsoft.Extensions.Options;

namespace Unlearning.Host.Api;

/// <summary>Checks each number's range.</summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        Check(result, nameof(options.Port), options.Port, 0, 65535);
        Check(result, nameof(options.MaximumMessages), options.MaximumMessages, 1, int.MaxValue);
        Check(result, nameof(options.MaximumCharacters), options.MaximumCharacters, 1, int.MaxValue);
        Check(result, nameof(options.MaximumBodyBytes), options.MaximumBodyBytes, 1024, int.MaxValue);
        return result.Build();
    }

    private static void Check(ValidateOptionsResultBuilder result, string key, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
        {
            result.AddError($"{ApiOptions.SectionName}:{key} is {value}. Set it to {minimum} to {maximum}.");
        }
    }
}
