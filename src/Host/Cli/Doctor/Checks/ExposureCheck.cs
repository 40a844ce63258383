using System.Net;
using Unlearning.Host.Api;
using Unlearning.Host.Cli.Policies;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Who can call the service.</summary>
internal sealed class ExposureCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "exposure";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        ApiOptions options = installation.Settings<ApiOptions>(ApiOptions.SectionName);
        string[] keys = installation.Builder.Configuration.GetSection($"{ApiOptions.SectionName}:{nameof(ApiOptions.Keys)}").Get<string[]>() ?? [];
        bool loopback = options.Address.Length == 0 || (IPAddress.TryParse(options.Address, out IPAddress? address) && IPAddress.IsLoopback(address));
        string who = keys.Length == 0 ? "without a key" : $"with one of {Amount.Of(keys.Length, "configured key")}";
        if (loopback)
            return Task.FromResult(Finding.Ok($"Reachable from this machine only, {who}."));
        if (keys.Length == 0)
            return Task.FromResult(Finding.Warning($"Listens on {options.Address}; no key is configured.", $"Set {ApiOptions.SectionName}:Keys, or leave {ApiOptions.SectionName}:Address empty."));
        return Task.FromResult(keys.All(key => key.StartsWith("sha256:", StringComparison.Ordinal))
            ? Finding.Ok($"Reachable on {options.Address}, {who}. Something in front must speak TLS.")
            : Finding.Warning($"Reachable on {options.Address}, {who}, some written as they are.", "Write 'sha256:' and the SHA-256 of each key in place of the key."));
    }
}
