using Microsoft.Extensions.Options;
using Unlearning.Plugin.Transport.Spooling;

namespace Unlearning.Plugin.Transport;

/// <summary>Checks each setting, if a Host is named at all; a message never quotes a key.</summary>
internal sealed class TransportOptionsValidator : IValidateOptions<TransportOptions>
{
    public ValidateOptionsResult Validate(string? name, TransportOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (options.Url.Length == 0)
        {
            return ValidateOptionsResult.Success;
        }

        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out Uri? url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            Add(result, nameof(options.Url), "must be an absolute http or https address without user, query or fragment", options.Url);
        }
        else if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback && !options.AllowPlainHttp)
        {
            Add(
                result,
                nameof(options.Url),
                $"must be https when the Host is on another machine (or set {nameof(options.AllowPlainHttp)})",
                options.Url);
        }

        if (options.ApiKey.Any(character => character is <= ' ' or > '~'))
        {
            result.AddError($"{TransportOptions.SectionName}:{nameof(options.ApiKey)} must be printable ASCII without spaces.");
        }

        if (string.IsNullOrWhiteSpace(options.Spool))
        {
            Add(result, nameof(options.Spool), "must name a folder", options.Spool);
        }

        if (options.SpoolKey.Length > 0 && !SpoolKeys.TryParse(options.SpoolKey, out _))
        {
            result.AddError(
                $"{TransportOptions.SectionName}:{nameof(options.SpoolKey)} must be {SpoolCipher.KeyBytes} random bytes in Base64, "
                + "as 'openssl rand -base64 32' prints them.");
        }

        Check(result, nameof(options.SpoolLimitMb), options.SpoolLimitMb, 1, 1 << 20);
        Check(result, nameof(options.BatchSize), options.BatchSize, 1, 1000);
        Check(result, nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        Check(result, nameof(options.LongestRetryDelay), options.LongestRetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Check(result, nameof(options.FirstRetryDelay), options.FirstRetryDelay, TimeSpan.FromMilliseconds(1), options.LongestRetryDelay);
        Check(result, nameof(options.FlushTimeout), options.FlushTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        if (options.BaseModel.Length > 200)
        {
            Add(result, nameof(options.BaseModel), "must have at most 200 characters", options.BaseModel.Length);
        }

        return result.Build();
    }

    private static void Check<T>(ValidateOptionsResultBuilder result, string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            Add(result, key, $"must be {least} to {most}", value);
        }
    }

    private static void Add(ValidateOptionsResultBuilder result, string key, string rule, object value) =>
        result.AddError($"{TransportOptions.SectionName}:{key} {rule}, was '{value}'.");
}
