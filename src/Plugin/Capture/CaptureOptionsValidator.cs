using Microsoft.Extensions.Options;

namespace Unlearning.Plugin.Capture;

internal sealed class CaptureOptionsValidator : IValidateOptions<CaptureOptions>
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, CaptureOptions options)
    {
        List<string> errors = [];
        Check(
            nameof(options.SinkTimeout), $"must be more than zero and at most {_longest}", options.SinkTimeout,
            options.SinkTimeout > TimeSpan.Zero && options.SinkTimeout <= _longest);
        Check(
            nameof(options.DrainTimeout), $"must be from zero to {_longest}", options.DrainTimeout,
            options.DrainTimeout >= TimeSpan.Zero && options.DrainTimeout <= _longest);
        CheckCount(nameof(options.QueueCapacity), options.QueueCapacity, 1_000_000);
        CheckCount(nameof(options.CostlyCapacity), options.CostlyCapacity, 1_000_000);
        CheckCount(nameof(options.ParallelReports), options.ParallelReports, 4096);
        CheckCount(nameof(options.ParallelJudgements), options.ParallelJudgements, 256);
        Check(nameof(options.QueueCharacters), "must be at least 65536", options.QueueCharacters, options.QueueCharacters >= 65_536);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void CheckCount(string key, int value, int most) => Check(key, $"must be from 1 to {most}", value, value >= 1 && value <= most);

        void Check(string key, string rule, object value, bool holds)
        {
            if (!holds)
            {
                errors.Add(FormattableString.Invariant($"{CaptureOptions.SectionName}:{key} {rule}, was {value}."));
            }
        }
    }
}
