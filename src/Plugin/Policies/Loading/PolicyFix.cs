using System.Text.Json.Serialization;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>What to do about an error: an instruction, or a question where what was meant is guessed.</summary>
[JsonConverter(typeof(PolicyFixJson))]
internal sealed record PolicyFix
{
    private PolicyFix(string text, bool asks)
    {
        Text = text;
        Asks = asks;
    }

    /// <summary>The sentence without its full stop or question mark.</summary>
    public string Text { get; }

    /// <summary>Whether it is a question.</summary>
    public bool Asks { get; }

    /// <summary>An instruction, which may end in any character of the file that it quotes.</summary>
    public static implicit operator PolicyFix(string instruction) => new(instruction, asks: false);

    /// <summary>Asks whether a word was meant.</summary>
    public static PolicyFix Meant(string word) => new($"Did you mean '{word}'", asks: true);

    /// <summary>Asks for the known word that is near to what is written; where none is, names them all.</summary>
    /// <param name="written">What is written.</param>
    /// <param name="known">What could be.</param>
    /// <param name="otherwise">The instruction where none is near; null to name what is known.</param>
    public static PolicyFix Nearest(string written, IEnumerable<string> known, string? otherwise = null)
    {
        string[] words = [.. known];
        return NearestWord.Of(written, words) is { } nearest ? Meant(nearest) : otherwise ?? $"Known here: {string.Join(", ", words)}";
    }

    /// <summary>The whole sentence.</summary>
    public override string ToString() => Text + (Asks ? '?' : '.');
}
