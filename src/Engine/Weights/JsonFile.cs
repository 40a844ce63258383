using System.Text.Json;

namespace Unlearning.Engine.Weights;

/// <summary>
/// Reads JSON that others wrote: whatever is wrong with it becomes a <see cref="CheckpointException"/> that names the file.
/// </summary>
internal static class JsonFile
{
    private const long LargestFile = 256 << 20;

    /// <summary>Parses a file and hands its root object to <paramref name="read"/>, which may use the getters below.</summary>
    /// <exception cref="CheckpointException">
    /// The file is unreadable, no JSON object, or lacks what <paramref name="read"/> asks for.
    /// </exception>
    public static T Read<T>(string path, Func<JsonElement, T> read) => Parse(path, ReadBytes(path), read);

    /// <summary>Reads a file of text.</summary>
    /// <exception cref="CheckpointException">The file is unreadable or too large.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            if (stream.Length > LargestFile)
                throw new CheckpointException(path, "the file is too large to describe a model", "Put the model's own file in its place.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, "the file cannot be read", e.Message, e);
        }
    }

    /// <summary>As <see cref="Read{T}"/>, for JSON that is a part of <paramref name="path"/>.</summary>
    public static T Parse<T>(string path, ReadOnlyMemory<byte> utf8, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new() { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new FormatException("the JSON is not an object");
            return read(document.RootElement);
        }
        // JsonElement answers wrong kinds and broken UTF-16 with InvalidOperationException.
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new CheckpointException(
                path, e.Message.TrimEnd('.'), "The file is damaged or of another kind: copy or download it again.", e);
        }
    }

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static int? Integer(this JsonElement json, string name)
    {
        if (json.Member(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var integer)
            ? integer
            : throw new FormatException($"'{name}' is not an integer");
    }

    public static double? Number(this JsonElement json, string name)
    {
        if (json.Member(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new FormatException($"'{name}' is not a number");
    }

    public static bool? Boolean(this JsonElement json, string name)
    {
        if (json.Member(name) is not { } value)
            return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException($"'{name}' is not true or false");
    }

    public static string? Text(this JsonElement json, string name)
    {
        if (json.Member(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"'{name}' is not a string");
    }

    public static int RequiredInteger(this JsonElement json, string name) => json.Integer(name) ?? throw Missing(name);

    public static double RequiredNumber(this JsonElement json, string name) => json.Number(name) ?? throw Missing(name);

    public static JsonElement RequiredMember(this JsonElement json, string name) => json.Member(name) ?? throw Missing(name);

    private static FormatException Missing(string name) => new($"'{name}' is missing");
}
