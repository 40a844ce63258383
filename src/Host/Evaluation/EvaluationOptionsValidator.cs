using Microsoft.Extensions.Options;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Evaluation;

/// <summary>Refuses an evaluation that could not be made, and gates that could never be judged, before the service starts.</summary>
internal sealed class EvaluationOptionsValidator(IConfiguration configuration) : IValidateOptions<EvaluationOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EvaluationOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        AtLeast(nameof(options.ForgottenAnswers), options.ForgottenAnswers, 0);
        AtLeast(nameof(options.ChoiceQuestions), options.ChoiceQuestions, 0);
        AtLeast(nameof(options.SampledAnswers), options.SampledAnswers, 0);
        AtLeast(nameof(options.AttackPrompts), options.AttackPrompts, 1);
        try
        {
            _ = GateConfiguration.Read(configuration);
        }
        catch (InvalidOperationException faults)
        {
            result.AddError(faults.Message);
        }

        return result.Build();

        void AtLeast(string field, int value, int least)
        {
            if (value < least)
                result.AddError(FormattableString.Invariant($"{EvaluationOptions.SectionName}:{field} is '{value}'. Use a whole number of at least {least}."));
        }
    }
}
