using System.Text.Json;
using Unlearning.Host.Evaluation;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Releases.Cards;

/// <summary>
/// Writes <c>README.md</c> of a release, a model card as model hubs show it. It is made of what the release holds and nothing else, so
/// the same release has the same card; numbers and hashes, never text of people.
/// </summary>
internal static class ModelCard
{
    /// <summary>The card's file name.</summary>
    public const string FileName = "README.md";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Writes the card into the folder of a release, beside <c>report.json</c> and <c>verdicts.json</c>.</summary>
    public static async Task WriteAsync(string folder, ReleaseManifest manifest, CancellationToken cancellationToken)
    {
        EvaluationReport? report = Read(folder, "report.json", EvaluationReport.FromJson);
        IReadOnlyList<GateLine> gates = Read(folder, "verdicts.json", text => JsonSerializer.Deserialize<GateLine[]>(text, _json)) ?? [];
        await File.WriteAllTextAsync(
            Path.Combine(folder, FileName), ModelCardText.Of(manifest, report, gates), cancellationToken).ConfigureAwait(false);
    }

    // Evidence of another form is kept and hashed as it is; the card then does not tell it.
    private static T? Read<T>(string folder, string file, Func<string, T?> read)
        where T : class
    {
        try
        {
            return read(File.ReadAllText(Path.Combine(folder, file)));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
