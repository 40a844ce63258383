using Microsoft.Extensions.Options;

namespace Unlearning.Host.Storage;

/// <summary>Refuses a data folder that cannot be one, before anything is written.</summary>
internal sealed class UnlearningOptionsValidator : IValidateOptions<UnlearningOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, UnlearningOptions options)
    {
        string key = $"{UnlearningOptions.SectionName}:{nameof(UnlearningOptions.DataDirectory)}";
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            return ValidateOptionsResult.Fail(
                $"{key} is empty. Set it to the folder that keeps the databases and releases, for example \"data\".");
        }

        if (File.Exists(options.DataDirectory))
        {
            return ValidateOptionsResult.Fail($"{key} is '{options.DataDirectory}', which is a file. Name a folder.");
        }

        return ValidateOptionsResult.Success;
    }
}
