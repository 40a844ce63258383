using Microsoft.Extensions.Options;

namespace Unlearning.Host.Evaluation.RunningTexts;

/// <summary>Reads the text of a service's perplexity, and refuses one that cannot serve, before the service starts. An experiment has its own
/// way of finding the file.</summary>
internal sealed class PerplexityTextValidator : IValidateOptions<EvaluationOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EvaluationOptions options)
    {
        try
        {
            _ = options.Text;
            return ValidateOptionsResult.Success;
        }
        catch (InvalidDataException error)
        {
            return ValidateOptionsResult.Fail(
                $"{EvaluationOptions.SectionName}:{nameof(options.PerplexityText)} is '{options.PerplexityText}'. {error.Message}");
        }
    }
}
