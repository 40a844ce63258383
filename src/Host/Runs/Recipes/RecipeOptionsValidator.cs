using Microsoft.Extensions.Options;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Training.Optimizers;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Recipes;

/// <summary>Refuses a recipe that could not train as meant, before the service starts.</summary>
internal sealed class RecipeOptionsValidator : IValidateOptions<RecipeOptions>
{
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
        AtLeast(nameof(options.ValidateFrom), options.ValidateFrom, 0);
        AtLeast(nameof(options.Patience), options.Patience, 0);
        AtLeast(nameof(options.LookAlikes), options.LookAlikes, 0);
        AtLeast(nameof(options.KnownHarmful), options.KnownHarmful, 0);
        AtLeast(nameof(options.ValidationPrompts), options.ValidationPrompts, 1);
        AtLeast(nameof(options.MinimumIncidents), options.MinimumIncidents, 1);
        AtLeast(nameof(options.AnswerTokens), options.AnswerTokens, 1);
        Positive(nameof(options.LearningRate), options.LearningRate);
        Positive(nameof(options.Alpha), options.Alpha);
        Share(nameof(options.ValidationOverRefusal), options.ValidationOverRefusal);
        Share(nameof(options.ValidationBroken), options.ValidationBroken);
        Share(nameof(options.ValidationFluency), options.ValidationFluency);
        OneOf(nameof(options.Optimizer), options.Optimizer, Optimizer.Names);
        OneOf(nameof(options.Direction), options.Direction, Direction.Names);
        if (!(options.RescaleCap >= 1))
            Refuse(nameof(options.RescaleCap), options.RescaleCap, "Use a number of at least 1.");
        if (options.InactiveThreshold is { } threshold && !(threshold >= 0 && threshold < 1))
            Refuse(nameof(options.InactiveThreshold), threshold, "Use a number from 0 to below 1, such as 0.00001, or leave it out.");
        foreach ((string objective, ObjectiveOptions own) in options.Objectives)
            CheckObjective($"{nameof(options.Objectives)}:{objective}", objective, own);
        if (new RunSets([], [], [], [], [], [], "").Objectives(options).Count == 0)
            Refuse(nameof(options.Objectives), "none", "Leave at least one objective enabled.");
        return result.Build();

        void CheckObjective(string key, string objective, ObjectiveOptions own)
        {
            AtLeast($"{key}:{nameof(own.BatchSize)}", own.BatchSize ?? 1, 1);
            AtLeast($"{key}:{nameof(own.AnswerTokens)}", own.AnswerTokens ?? 1, 1);
            Positive($"{key}:{nameof(own.Preference)}", own.Preference);
            bool known = own.Set is { } set
                ? OneOf($"{key}:{nameof(own.Set)}", set, RunSets.Names)
                : OneOf(key, objective, RunSets.Names, $"Give it a {nameof(own.Set)}, or ");
            if (own.AnswerTokens is { } tokens && !RunSets.Names.Contains(objective))
                Refuse($"{key}:{nameof(own.AnswerTokens)}", tokens, $"Set it where the set is cut, at {nameof(options.Objectives)}:{own.Set}.");
            if (!known)
                return;

            string loss = own.Loss ?? RunSets.DefaultLoss(own.Set ?? objective);
            if (!OneOf($"{key}:{nameof(own.Loss)}", loss, Objective.Names))
                return;
            if (own.Rejected is { } rejected)
                OneOf($"{key}:{nameof(own.Rejected)}", rejected, RunSets.Names);
            try
            {
                bool pairs = Objective.Create(loss, new Dictionary<string, double>(own.Settings)) is ISequenceObjective { NeedsPairs: true };
                if (pairs != (own.Rejected is not null))
                {
                    Refuse($"{key}:{nameof(own.Rejected)}", own.Rejected ?? "", pairs
                        ? $"The loss '{loss}' needs the set of the answers to reject: {string.Join(", ", RunSets.Names)}."
                        : $"Leave it out: the loss '{loss}' reads no pairs.");
                }
            }
            catch (ArgumentException refusal)
            {
                Refuse($"{key}:{nameof(own.Settings)}", string.Join(", ", own.Settings.Select(setting => setting.Key)), refusal.Message);
            }
        }

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

        bool OneOf(string field, string value, IEnumerable<string> known, string before = "")
        {
            bool found = known.Contains(value, StringComparer.Ordinal);
            if (!found)
                Refuse(field, value, $"{before}{(before.Length > 0 ? 'u' : 'U')}se one of: {string.Join(", ", known)}.");
            return found;
        }

        void Refuse(string field, object value, string fix) =>
            result.AddError(FormattableString.Invariant($"{RecipeOptions.SectionName}:{field} is '{value}'. ") + fix);
    }
}
