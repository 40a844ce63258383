using Microsoft.Extensions.Options;

namespace Unlearning.Plugin.Functions;

internal sealed class UnlearningFunctionOptionsValidator : IValidateOptions<UnlearningFunctionOptions>
{
    public ValidateOptionsResult Validate(string? name, UnlearningFunctionOptions options)
    {
        string known = string.Join(", ", UnlearningFunctions.MutatingNames.Order(StringComparer.Ordinal));
        string[] unknown = [.. options.AutoInvoke.Where(function => !UnlearningFunctions.MutatingNames.Contains(function))];
        return unknown.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{UnlearningFunctionOptions.SectionName}:{nameof(UnlearningFunctionOptions.AutoInvoke)} may name "
                + $"{known}; was {string.Join(", ", unknown)}.");
    }
}
