using Microsoft.Extensions.Options;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Training.Optimizers;
using Unlearning.Host.Runs.Sets;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Runs.Recipes;

/// <summary>Refuses a recipe that could not train as meant, before the service starts.</summary>
internal sealed class RecipeOptionsValidator : IValidateOptions<RecipeOptions>
{
    private static readonly string Sets = $"{string.Join(", ", RunSets.Names)}, or the path of a .jsonl file";

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
        foreach (string file in SetFile.NamedIn(options))
            CheckCuts(file);
        if (!RunSets.Enabled(options).Any())
            Refuse(nameof(options.Objectives), "none", "Leave at least one objective enabled.");
        return result.Build();

        void CheckObjective(string key, string objective, ObjectiveOptions own)
        {
            AtLeast($"{key}:{nameof(own.BatchSize)}", own.BatchSize ?? 1, 1);
            AtLeast($"{key}:{nameof(own.AnswerTokens)}", own.AnswerTokens ?? 1, 1);
            Positive($"{key}:{nameof(own.Preference)}", own.Preference);
            bool isFile = SetFile.IsNamedBy(own.Set);
            bool known = own.Set is { } set
                ? IsSet($"{key}:{nameof(own.Set)}", set)
                : OneOf(key, objective, RunSets.Names, $"Give it a {nameof(own.Set)}, or ");
            if (own.AnswerTokens is { } tokens && !isFile && !RunSets.Names.Contains(objective))
                Refuse($"{key}:{nameof(own.AnswerTokens)}", tokens, $"Set it where the set is cut, at {nameof(options.Objectives)}:{own.Set}.");
            SetFile? read = own.Enabled && isFile ? Read($"{key}:{nameof(own.Set)}", own.Set!) : null;
            if (isFile && own.Loss is null)
                Refuse($"{key}:{nameof(own.Set)}", own.Set!, "Give the objective its loss, too: uce to forget the file's answers, ce to teach them.");
            if (!known)
                return;

            string loss = own.Loss ?? RunSets.DefaultLoss(own.Set ?? objective);
            if (!OneOf($"{key}:{nameof(own.Loss)}", loss, Objective.Names))
                return;
            if (own.Rejected is { } rejected && IsSet($"{key}:{nameof(own.Rejected)}", rejected) && own.Enabled && SetFile.IsNamedBy(rejected)
                && Read($"{key}:{nameof(own.Rejected)}", rejected) is { } against && read is not null
                && !read.Pairs.Select(pair => pair.Prompt).Intersect(against.Pairs.Select(pair => pair.Prompt)).Any())
            {
                Refuse($"{key}:{nameof(own.Rejected)}", rejected, $"Answer prompts in it that '{own.Set}' answers, too: a pair is two answers to one prompt.");
            }

            try
            {
                bool pairs = Objective.Create(loss, new Dictionary<string, double>(own.Settings)) is ISequenceObjective { NeedsPairs: true };
                if (pairs != (own.Rejected is not null))
                {
                    Refuse($"{key}:{nameof(own.Rejected)}", own.Rejected ?? "", pairs
                        ? $"The loss '{loss}' needs the set of the answers to reject: {Sets}."
                        : $"Leave it out: the loss '{loss}' reads no pairs.");
                }
            }
            catch (ArgumentException refusal)
            {
                Refuse($"{key}:{nameof(own.Settings)}", string.Join(", ", own.Settings.Select(setting => setting.Key)), refusal.Message);
            }
        }

        // A file is cut once, whoever reads it.
        void CheckCuts(string file)
        {
            KeyValuePair<string, ObjectiveOptions>[] cuts = [.. options.Objectives.Where(own => own.Value.Reads(file) && own.Value.AnswerTokens is not null)];
            if (cuts.DistinctBy(own => own.Value.AnswerTokens).Skip(1).FirstOrDefault() is { Value: { } other } second)
            {
                Refuse(
                    $"{nameof(options.Objectives)}:{second.Key}:{nameof(other.AnswerTokens)}",
                    other.AnswerTokens!,
                    $"Use {cuts[0].Value.AnswerTokens}, as '{cuts[0].Key}' over the same file, or leave it out of one of them.");
            }
        }

        SetFile? Read(string field, string set)
        {
            try
            {
                return SetFile.Read(set, options);
            }
            catch (RunException broken)
            {
                Refuse(field, set, broken.Message);
                return null;
            }
        }

        bool IsSet(string field, string set)
        {
            if (SetFile.IsNamedBy(set) || RunSets.Names.Contains(set))
                return true;
            Refuse(field, set, $"{(NearestWord.Of(set, RunSets.Names) is { } meant ? $"Did you mean '{meant}'? " : "")}Use one of: {Sets}.");
            return false;
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
