using System.Text.Json;
using Unlearning.Engine;
using Unlearning.Engine.Weights;
using Unlearning.Host.Releases;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Adapters;

/// <summary>An adapter named on the command line, and the base it is of.</summary>
/// <param name="Path">A PEFT folder or a .gguf file.</param>
/// <param name="Name">What the adapter is called in what is made from it.</param>
/// <param name="BasePath">The base model.</param>
/// <param name="ManifestPath">The manifest of the release that the adapter is from, if it is from one.</param>
internal sealed record AdapterSource(string Path, string Name, string BasePath, string? ManifestPath)
{
    private const string AdapterFolder = "adapter", ManifestFile = "manifest.json";

    /// <summary>The base as peft's configuration names it.</summary>
    public string BaseName => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(BasePath));

    /// <summary>Looks for a file or folder of that name, then for a release of that id.</summary>
    /// <param name="source">As it was typed.</param>
    /// <param name="baseModel">As it was typed; null for the configured one.</param>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <exception cref="CheckpointException">There is neither.</exception>
    /// <exception cref="ReleaseException">The release was changed since it was made.</exception>
    public static AdapterSource Find(string source, string? baseModel, IReadOnlyDictionary<string, string?>? overrides)
    {
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(overrides);
        EngineOptions engine = builder.Configuration.GetSection(EngineOptions.SectionName).Get<EngineOptions>() ?? new EngineOptions();
        string basePath = baseModel ?? System.IO.Path.GetFullPath(engine.Model, builder.Environment.ContentRootPath);
        string name = System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(source));
        if (Directory.Exists(System.IO.Path.Combine(source, AdapterFolder)))
            return OfRelease(source, name, basePath);
        if (System.IO.Path.Exists(source))
            return new AdapterSource(source, name, basePath, null);

        UnlearningOptions storage = builder.Configuration.GetSection(UnlearningOptions.SectionName).Get<UnlearningOptions>() ?? new UnlearningOptions();
        string data = System.IO.Path.GetFullPath(storage.DataDirectory, builder.Environment.ContentRootPath);
        return Directory.Exists(data) && new ReleaseStore(new DataFolder(data)) is var releases && releases.List().Contains(source)
            ? OfRelease(releases.Verify(source).Folder, source, basePath)
            : throw new CheckpointException(
                source, $"there is no such file or folder, and no such release in '{data}'", "Name an adapter, or a release by its 16 digits.");
    }

    /// <summary>Refuses a base that a release's manifest does not name: on other weights of the same shape the adapter does harm.</summary>
    /// <exception cref="CheckpointException">It is another one, or the manifest cannot be read.</exception>
    public void RequireBase(ICheckpoint checkpoint)
    {
        if (ManifestPath is null)
            return;
        try
        {
            using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(ManifestPath));
            string? expected = manifest.RootElement.GetProperty("baseModelHash").GetString();
            if (checkpoint.ContentHash() != expected)
            {
                throw new CheckpointException(
                    checkpoint.Path, $"these are not the weights that '{Name}' was trained on ({ManifestPath})", "Name the right base by --base.");
            }
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CheckpointException(ManifestPath, "this is no release's manifest", "Restore it, or name the adapter folder itself.", failure);
        }
    }

    private static AdapterSource OfRelease(string folder, string name, string basePath)
    {
        string manifest = System.IO.Path.Combine(folder, ManifestFile);
        return new AdapterSource(System.IO.Path.Combine(folder, AdapterFolder), name, basePath, File.Exists(manifest) ? manifest : null);
    }
}
