using Microsoft.Extensions.Options;

namespace Unlearning.Plugin.Capture;

internal sealed class CaptureOptionsValidator : IValidateOptions<CaptureOptions>
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, CaptureOptions options) =>
        options.SinkTimeout > TimeSpan.Zero && options.SinkTimeout <= _longest
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{CaptureOptions.SectionName}:{nameof(CaptureOptions.SinkTimeout)} must be more than zero and at most {_longest}, "
                + $"was {options.SinkTimeout}.");
}
