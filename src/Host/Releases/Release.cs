namespace Unlearning.Host.Releases;

/// <summary>An adapter with its evidence, immutable and named by its content.</summary>
/// <param name="Id">The first 16 hex digits of <paramref name="ContentHash"/>.</param>
/// <param name="ContentHash">SHA-256 over the path, length and SHA-256 of every file, in hex.</param>
/// <param name="Folder">The folder that holds it.</param>
/// <param name="Manifest">Its manifest.</param>
public sealed record Release(string Id, string ContentHash, string Folder, ReleaseManifest Manifest)
{
    /// <summary>The release id of the unmodified base model. It has no folder.</summary>
    public const string BaseId = "base";

    /// <summary>The folder of the adapter's PEFT files.</summary>
    public string AdapterFolder => Path.Combine(Folder, "adapter");
}
