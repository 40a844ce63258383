using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Experiments.Recipes;

/// <summary>
/// Reads a block of a YAML file as the settings of an options class, as the configuration binder wants them: each key is the name of a
/// property in snake case. What is no such key, or no such value, is an error at its place.
/// </summary>
internal sealed class OptionKeys(SourceMap places, List<PolicyError> errors)
{
    /// <summary>Reads a block.</summary>
    /// <param name="type">The options class.</param>
    /// <param name="block">The block, or null where the file has none.</param>
    /// <param name="pointer">Where the block stands.</param>
    /// <param name="leftOut">Properties that the file may not set here.</param>
    /// <returns>Configuration keys with their values and the places they came from.</returns>
    public IReadOnlyDictionary<string, OptionValue> Read(Type type, JsonNode? block, string pointer, params string[] leftOut)
    {
        Dictionary<string, OptionValue> settings = new(StringComparer.OrdinalIgnoreCase);
        if (block is JsonObject mapping)
            ReadObject(type, mapping, pointer, "", settings, leftOut);
        else if (block is not null)
            errors.Add(places.Error(pointer, "This should be a mapping", "Write 'key: value' lines below it"));
        return settings;
    }

    private void ReadObject(
        Type type, JsonObject mapping, string pointer, string prefix, Dictionary<string, OptionValue> settings, string[] leftOut)
    {
        PropertyInfo[] known = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property =>
            (property.CanWrite || IsDictionary(property.PropertyType) || IsList(property.PropertyType)) && !leftOut.Contains(property.Name))];
        foreach ((string key, JsonNode? value) in mapping)
        {
            string at = $"{pointer}/{SourceMap.Escape(key)}";
            if (known.FirstOrDefault(property => Snake(property.Name) == key) is { } property)
                ReadValue(property.PropertyType, value, at, prefix + property.Name, settings);
            else
                errors.Add(places.KeyError(at, $"Unknown key '{key}'", PolicyFix.Nearest(key, known.Select(candidate => Snake(candidate.Name)))));
        }
    }

    private void ReadValue(Type type, JsonNode? value, string at, string name, Dictionary<string, OptionValue> settings)
    {
        Type wanted = Nullable.GetUnderlyingType(type) ?? type;
        if (IsDictionary(wanted))
        {
            if (value is not JsonObject entries)
            {
                errors.Add(places.Error(at, "This should be a mapping", "Write 'name: value' lines below it"));
                return;
            }

            foreach ((string key, JsonNode? entry) in entries)
            {
                // A colon separates the levels of configuration keys.
                string inside = $"{at}/{SourceMap.Escape(key)}";
                if (key.Length == 0 || key.Contains(':', StringComparison.Ordinal))
                    errors.Add(places.KeyError(inside, $"'{key}' is no name", "Use letters, digits and underscores"));
                else
                    ReadValue(wanted.GetGenericArguments()[1], entry, inside, $"{name}:{key}", settings);
            }
        }
        else if (IsList(wanted))
        {
            if (value is JsonArray entries)
            {
                foreach ((int i, JsonNode? entry) in entries.Index())
                    ReadValue(wanted.GetGenericArguments()[0], entry, $"{at}/{i}", $"{name}:{i}", settings);
            }
            else
            {
                errors.Add(places.Error(at, "This should be a list", "Write a list, such as [a, b]"));
            }
        }
        else if (wanted.IsClass && wanted != typeof(string))
        {
            if (value is JsonObject mapping)
                ReadObject(wanted, mapping, at, $"{name}:", settings, []);
            else
                errors.Add(places.Error(at, "This should be a mapping", "Write 'key: value' lines below it"));
        }
        else if (Text(wanted, value) is { } text)
        {
            settings[name] = new OptionValue(text, at);
        }
        else
        {
            errors.Add(places.Error(at, $"'{value}' is not {Expected(wanted)}", $"Write {Expected(wanted)} here"));
        }
    }

    private static string? Text(Type type, JsonNode? value)
    {
        if (value is not JsonValue scalar)
            return null;
        if (type == typeof(bool))
            return scalar.TryGetValue(out bool flag) ? flag.ToString() : null;
        if (type == typeof(int))
            return scalar.TryGetValue(out long whole) && whole is >= int.MinValue and <= int.MaxValue ? whole.ToString(CultureInfo.InvariantCulture) : null;
        if (type == typeof(double))
            return Number(scalar) is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : null;
        if (type.IsEnum)
            return scalar.TryGetValue(out string? word) ? Enum.GetNames(type).FirstOrDefault(name => Snake(name) == word || name == word) : null;

        // A word that YAML reads as a number or a flag is still a word here.
        return scalar.GetValueKind() == JsonValueKind.String ? scalar.GetValue<string>() : scalar.ToJsonString();
    }

    /// <summary>A number of a YAML file, whole or not.</summary>
    public static double? Number(JsonNode? value) => value is not JsonValue scalar ? null
        : scalar.TryGetValue(out long whole) ? whole
        : scalar.TryGetValue(out double number) ? number
        : null;

    /// <summary>The name of a property as the file writes it.</summary>
    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static bool IsDictionary(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>);

    private static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>);

    private static string Expected(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(Snake))}"
        : "a word";
}
