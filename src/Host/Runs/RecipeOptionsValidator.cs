using Microsoft.Extensions.Options;
using Unlearning.Engine.Directions;

namespace Unlearning.Host.Runs;

/// <summary>Refuses a recipe that could not train as meant, before the service starts.</summary>
internal sealed class RecipeOptionsValidator : IValidateOptions<RecipeOptions>
{
    private static readonly string[] Optimizers = ["adamw", "sgd"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RecipeOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        AtLeast(nameof(options.Steps), options.Steps, 1);
        AtLeast(nameof(options.BatchSize), options.BatchSize, 1);
        AtLeast(nameof(options.MaximumTokens), options.MaximumTokens, 16);
        AtLeast(nameof(options.WarmupSteps), options.WarmupSteps, 0);
        AtLeast(nameof(options.Rank), options.Rank, 1);
        AtLeast(nameof(options.CheckpointEvery), options.CheckpointEvery, 1);
        AtLeast(nameof(options.ValidateEvery), options.ValidateEvery, 1);
        AtLeast(nameof(options.ValidationPrompts), options.ValidationPrompts, 1);
        AtLeast(nameof(options.MinimumIncidents), options.MinimumIncidents, 1);
        AtLeast(nameof(options.AnswerTokens), options.AnswerTokens, 1);
        Positive(nameof(options.LearningRate), options.LearningRate);
        Positive(nameof(options.Alpha), options.Alpha);
        Share(nameof(options.ValidationOverRefusal), options.ValidationOverRefusal);
        Share(nameof(options.ValidationBroken), options.ValidationBroken);
        OneOf(nameof(options.Optimizer), options.Optimizer, Optimizers);
        OneOf(nameof(options.Direction), options.Direction, Direction.Names);
        foreach ((string objective, ObjectiveOptions share) in options.Objectives)
        {
            string key = $"{nameof(options.Objectives)}:{objective}";
            OneOf(key, objective, RunSets.ObjectiveNames);
            AtLeast($"{key}:{nameof(share.BatchSize)}", share.BatchSize ?? 1, 1);
            AtLeast($"{key}:{nameof(share.AnswerTokens)}", share.AnswerTokens ?? 1, 1);
            Positive($"{key}:{nameof(share.Preference)}", share.Preference);
        }

        return result.Build();

        void AtLeast(string field, int value, int least)
        {
            if (value < least)
                Refuse(field, value, $"Use a whole number of at least {least}.");
        }

        void Positive(string field, double value)
        {
            if (!(double.IsFinite(value) && value > 0))
                Refuse(field, value, "Use a positive number.");
        }

        void Share(string field, double value)
        {
            if (!(value >= 0 && value <= 1))
                Refuse(field, value, "Use a share from 0 to 1.");
        }

        void OneOf(string field, string value, IEnumerable<string> known)
        {
            if (!known.Contains(value, StringComparer.Ordinal))
                Refuse(field, value, $"Use one of: {string.Join(", ", known)}.");
        }

        void Refuse(string field, object value, string fix) =>
            result.AddError(FormattableString.Invariant($"{RecipeOptions.SectionName}:{field} is '{value}'. ") + fix);
    }
}
