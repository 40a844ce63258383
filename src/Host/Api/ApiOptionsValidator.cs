using System.Net;
using Microsoft.Extensions.Options;
using Unlearning.Host.Identity;

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
        Check(result, nameof(options.MaximumBatchBytes), options.MaximumBatchBytes, 2 << 20, int.MaxValue);
        Check(result, nameof(options.FeedbackPerMinute), options.FeedbackPerMinute, 1, 1_000_000);
        for (int i = 0; i < options.Keys.Count; i++)
        {
            // The key itself is no part of a message.
            if (!AccessKeySecret.IsValidSetting(options.Keys[i]))
            {
                result.AddError(
                    $"{ApiOptions.SectionName}:{nameof(options.Keys)}:{i} must have at least {AccessKeySecret.Shortest} printable characters and no "
                    + "space, or be 'sha256:' and 64 hex digits.");
            }
        }

        if (options.Address.Length > 0)
        {
            if (!IPAddress.TryParse(options.Address, out _))
            {
                result.AddError($"{ApiOptions.SectionName}:{nameof(options.Address)} is '{options.Address}'. Set it to an IP address.");
            }
        }

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
