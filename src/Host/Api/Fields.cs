using System.Text.Json;

namespace Unlearning.Host.Api;

/// <summary>The fields of a JSON object; what is wrong is said with the field's whole path.</summary>
internal readonly struct Fields
{
    private readonly JsonElement _parent;
    private readonly string _place;

    private Fields(JsonElement parent, string place)
    {
        _parent = parent;
        _place = place;
    }

    /// <summary>Takes an object.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public static Fields Of(JsonElement element, string place) => element.ValueKind == JsonValueKind.Object
        ? new Fields(element, place)
        : throw ApiException.Invalid(place, $"{place} must be an object.");

    public string Place(string name) => $"{_place}.{name}";

    public bool Has(string name) => Find(name) is not null;

    public string String(string name, int least, int most) =>
        Find(name) is { } value ? Read(value, Place(name), least, most) : throw Wrong(name, "is missing");

    public string? OptionalString(string name, int most) => Find(name) is { } value ? Read(value, Place(name), 0, most) : null;

    public string Element(string name, int index, int most) => Read(Find(name)!.Value[index], $"{Place(name)}[{index}]", 0, most);

    public bool Flag(string name) => Find(name)?.ValueKind switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw Wrong(name, "must be true or false"),
    };

    public int Integer(string name, int least, int most) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Wrong(name, $"must be a whole number from {least} to {most}");

    public DateTimeOffset Time(string name, DateTimeOffset earliest, DateTimeOffset latest) =>
        Find(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out DateTimeOffset at)
            && at >= earliest && at <= latest
            ? at
            : throw Wrong(name, $"must be a time in ISO 8601 between {earliest:yyyy-MM-dd} and tomorrow");

    public IEnumerable<JsonElement> Array(string name, int least, int most)
    {
        if (Find(name) is not { } value)
        {
            return least == 0 ? [] : throw Wrong(name, "is missing");
        }

        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() >= least && value.GetArrayLength() <= most
            ? value.EnumerateArray()
            : throw Wrong(name, $"must be an array of {least} to {most} elements");
    }

    public Dictionary<string, string> Strings(string name, int most, int longestName, int longestValue)
    {
        Dictionary<string, string> strings = new(StringComparer.Ordinal);
        if (Find(name) is not { } value)
        {
            return strings;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(name, "must be an object");
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (strings.Count == most || property.Name.Length > longestName)
            {
                throw Wrong(name, $"must have at most {most} names of at most {longestName} characters");
            }

            strings[property.Name] = Read(property.Value, $"{Place(name)}[{strings.Count}]", 0, longestValue);
        }

        return strings;
    }

    private static string Read(JsonElement value, string place, int least, int most)
    {
        string? text;
        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid(place, $"{place} has half of a surrogate pair.");
        }

        return text is not null && text.Length >= least && text.Length <= most
            ? text
            : throw ApiException.Invalid(place, $"{place} must be a string of {least} to {most} characters.");
    }

    private JsonElement? Find(string name) =>
        _parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private ApiException Wrong(string name, string what) => ApiException.Invalid(Place(name), $"{Place(name)} {what}.");
}
