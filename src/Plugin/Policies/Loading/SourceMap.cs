using YamlDotNet.Core;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Where in a YAML file each value stands, by its JSON pointer.</summary>
internal sealed class SourceMap(string file)
{
    private readonly Dictionary<string, Mark> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Mark> _keys = new(StringComparer.Ordinal);

    public string File => file;

    /// <summary>Escapes one key for use in a pointer.</summary>
    public static string Escape(string key) =>
        key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>Undoes <see cref="Escape"/>.</summary>
    public static string Unescape(string key) =>
        key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    public void AddValue(string pointer, Mark mark) => _values[pointer] = mark;

    public void AddKey(string pointer, Mark mark) => _keys[pointer] = mark;

    /// <summary>Makes an error about the value at <paramref name="pointer"/>, or about what holds it if there is none.</summary>
    public PolicyError Error(string pointer, string what, PolicyFix fix) => Error(Find(_values, pointer), what, fix);

    /// <summary>Makes an error about the key at <paramref name="pointer"/>.</summary>
    public PolicyError KeyError(string pointer, string what, PolicyFix fix) => Error(Find(_keys, pointer), what, fix);

    /// <summary>Makes an error at a place.</summary>
    public PolicyError Error(Mark mark, string what, PolicyFix fix) =>
        new(file, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column), what, fix);

    private static Mark Find(Dictionary<string, Mark> marks, string pointer)
    {
        Mark mark;
        while (!marks.TryGetValue(pointer, out mark) && pointer.Length > 0)
        {
            pointer = pointer[..pointer.LastIndexOf('/')];
        }

        return mark;
    }
}
