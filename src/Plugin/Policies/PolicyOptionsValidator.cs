using Microsoft.Extensions.Options;

namespace Unlearning.Plugin.Policies;

internal sealed class PolicyOptionsValidator : IValidateOptions<PolicyOptions>
{
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(100);

    public ValidateOptionsResult Validate(string? name, PolicyOptions options)
    {
        List<string> failures = [];
        if (string.IsNullOrWhiteSpace(options.Directory))
        {
            failures.Add($"{PolicyOptions.SectionName}:{nameof(PolicyOptions.Directory)} must name a folder, was empty.");
        }

        if (options.RescanInterval < _shortest)
        {
            failures.Add(
                $"{PolicyOptions.SectionName}:{nameof(PolicyOptions.RescanInterval)} must be at least {_shortest}, "
                + $"was {options.RescanInterval}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
