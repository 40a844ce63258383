using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Reads a YAML file as JSON, remembering where everything stood.</summary>
/// <remarks>
/// Plain scalars are typed as YAML 1.2's core schema says, so that <c>no</c> and <c>on</c> stay words. Anchors are refused: a few
/// lines of them can stand for gigabytes.
/// </remarks>
internal static class YamlReader
{
    /// <summary>The longest file read, in UTF-16 units.</summary>
    public const int MaxLength = 1 << 20;

    private const int MaxDepth = 48;

    /// <summary>Reads <paramref name="text"/>.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="places">Gains the place of every value.</param>
    /// <param name="error">What is wrong, when the result is null.</param>
    /// <param name="what">What the file holds, for messages.</param>
    /// <returns>The file as JSON, or null.</returns>
    public static JsonNode? Read(string text, SourceMap places, out PolicyError? error, string what = "policy")
    {
        Parser parser = new(new StringReader(text));
        try
        {
            error = Check(text, parser, places, what);
            if (error is not null)
            {
                return null;
            }

            YamlStream stream = [];
            stream.Load(parser = new Parser(new StringReader(text)));
            return ToJson(stream.Documents[0].RootNode, "", places);
        }
        catch (YamlException malformed)
        {
            string complaint = $"This is not YAML: {FirstSentence(malformed.Message)}";
            error = places.Error(malformed.Start, complaint, "Check the indentation, quotes and colons here");
            return null;
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or ArgumentException)
        {
            // What the parser throws at braces and keys that make no sense; it has come about this far.
            error = places.Error(parser.Current?.Start ?? Mark.Empty, "This is not YAML", "Check the keys, braces and brackets near here");
            return null;
        }
    }

    // One pass over the events, which cost no recursion, before anything is built.
    private static PolicyError? Check(string text, Parser parser, SourceMap places, string what)
    {
        if (text.Length > MaxLength)
        {
            return places.Error(Mark.Empty, $"The file is longer than {MaxLength} characters", $"Split the {what}");
        }

        int depth = 0, documents = 0;
        while (parser.MoveNext())
        {
            ParsingEvent item = parser.Current!;
            depth += item.NestingIncrease;
            if (depth > MaxDepth)
            {
                return places.Error(item.Start, $"This is nested more than {MaxDepth} levels deep", "Flatten it");
            }

            if (item is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            {
                return places.Error(item.Start, "Anchors and aliases are not supported", "Write the value out where it is used");
            }

            if (item is DocumentStart && ++documents > 1)
            {
                return places.Error(item.Start, "A second document begins here", $"Put each {what} into a file of its own");
            }
        }

        return documents == 0 ? places.Error(Mark.Empty, "The file is empty", $"Write a {what}, or delete the file") : null;
    }

    private static JsonNode? ToJson(YamlNode node, string pointer, SourceMap places)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                JsonObject result = [];
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    string name = (key as YamlScalarNode)?.Value ?? throw new YamlException(key.Start, key.End, "A key must be a word.");
                    string child = $"{pointer}/{SourceMap.Escape(name)}";
                    // A block begins below its key; what is wrong with it as a whole is better shown at the key.
                    places.AddKey(child, key.Start);
                    places.AddValue(child, value is YamlScalarNode { Value.Length: > 0 } ? value.Start : key.Start);
                    result.Add(name, ToJson(value, child, places));
                }

                return result;
            case YamlSequenceNode sequence:
                JsonArray items = [];
                for (int i = 0; i < sequence.Children.Count; i++)
                {
                    places.AddValue($"{pointer}/{i}", sequence.Children[i].Start);
                    items.Add(ToJson(sequence.Children[i], $"{pointer}/{i}", places));
                }

                return items;
            default:
                return ToJson((YamlScalarNode)node);
        }
    }

    private static JsonValue? ToJson(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
                => JsonValue.Create(whole),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    private static string FirstSentence(string message) => message.Split('\n')[0].TrimEnd('.', ' ');
}
