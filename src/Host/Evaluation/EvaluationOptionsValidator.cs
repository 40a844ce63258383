using Microsoft.Extensions.Options;
using Unlearning.Engine.Weights;
using Unlearning.Host.Demo;
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
        AtLeast(nameof(options.RelearningSteps), options.RelearningSteps, 0);
        AtLeast(nameof(options.RelearningPairs), options.RelearningPairs, 1);
        AtLeast(nameof(options.EarlierIncidents), options.EarlierIncidents, 0);
        AtLeast(nameof(options.ExtensionPrompts), options.ExtensionPrompts, 0);
        AtLeast(nameof(options.PerplexityPassages), options.PerplexityPassages, 1);
        if (options.ExtensionPrompts > 0 && options.ExtensionPrompts > MostHeldBack())
        {
            result.AddError(FormattableString.Invariant(
                $"{EvaluationOptions.SectionName}:{nameof(options.ExtensionPrompts)} is '{options.ExtensionPrompts}'. Use at most {MostHeldBack()}, half of the gate's prompts."));
        }

        foreach (string format in options.Requantise.Where(format => !MergedGguf.Types.ContainsKey(format)))
        {
            result.AddError(
                $"{EvaluationOptions.SectionName}:{nameof(options.Requantise)} is '{format}'. Use some of: {string.Join(", ", MergedGguf.Types.Keys)}.");
        }

        try
        {
            _ = GateConfiguration.Read(configuration);
        }
        catch (InvalidOperationException faults)
        {
            result.AddError(faults.Message);
        }

        return result.Build();

        static int MostHeldBack() => BundledPrompts.Load(PromptSplit.Gate).Count / 2;

        void AtLeast(string field, int value, int least)
        {
            if (value < least)
                result.AddError(FormattableString.Invariant($"{EvaluationOptions.SectionName}:{field} is '{value}'. Use a whole number of at least {least}."));
        }
    }
}
