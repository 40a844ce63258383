using Microsoft.Extensions.Options;

namespace Unlearning.Plugin.Policies.Costly;

internal sealed class DetectorOptionsValidator : IValidateOptions<DetectorOptions>
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, DetectorOptions options)
    {
        List<string> errors = [];
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > _longest)
        {
            errors.Add(
                $"{DetectorOptions.SectionName}:{nameof(options.Timeout)} must be more than zero and at most {_longest}, was {options.Timeout}.");
        }

        if (options.Moderation.Url is { } url && !(url.IsAbsoluteUri && url.Scheme is "http" or "https"))
        {
            errors.Add($"{DetectorOptions.SectionName}:Moderation:Url must be an http or https address, was '{url}'.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
