using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Engine.Weights;

namespace Unlearning.Host.Experiments.Cells;

/// <summary>The finished cells of an experiment, a file each, written whole or not at all.</summary>
/// <param name="folder">Where they are; made when the first is written.</param>
/// <param name="notice">Gets a line about each file that cannot be used.</param>
internal sealed class CellStore(string folder, Action<string> notice)
{
    /// <summary>How cells and results are written; a metric may be no number, and JSON has no word of its own for that.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The cell's result, or null when it has to be computed: never was, with other settings, or the file is damaged.</summary>
    public CellResult? Read(Cell cell)
    {
        string path = PathOf(cell);
        if (!File.Exists(path))
            return null;
        try
        {
            CellResult? result = JsonSerializer.Deserialize<CellResult>(File.ReadAllBytes(path), Json);
            return result?.Hash == cell.Hash ? result : null;
        }
        catch (JsonException)
        {
            notice($"{path} is damaged; this cell is computed again.");
            return null;
        }
    }

    /// <summary>Keeps a cell's result.</summary>
    public void Write(Cell cell, CellResult result)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(PathOf(cell), stream => JsonSerializer.Serialize(stream, result, Json));
    }

    private string PathOf(Cell cell) => Path.Combine(folder, $"{cell.Key}.json");
}
