using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Cli.Data;

/// <summary>Where the service that these settings describe has its policies and its data.</summary>
/// <param name="Policies">The policies in force.</param>
/// <param name="Data">The data folder, which may not be there.</param>
/// <param name="KeyRing">The configured key ring; null for the data folder's own.</param>
internal sealed record ConfiguredFolders(string Policies, string Data, string? KeyRing)
{
    /// <summary>Reads the settings as the service does, without starting it.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    public static ConfiguredFolders Read(IReadOnlyDictionary<string, string?>? overrides)
    {
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(overrides);
        PolicyOptions policies = builder.Configuration.GetSection(PolicyOptions.SectionName).Get<PolicyOptions>() ?? new PolicyOptions();
        UnlearningOptions storage = builder.Configuration.GetSection(UnlearningOptions.SectionName).Get<UnlearningOptions>() ?? new UnlearningOptions();
        return new ConfiguredFolders(
            Path.GetFullPath(policies.Directory, builder.Environment.ContentRootPath),
            Path.GetFullPath(storage.DataDirectory, builder.Environment.ContentRootPath),
            builder.Configuration[$"{PrivacyOptions.SectionName}:{nameof(PrivacyOptions.KeyRing)}"]);
    }
}
