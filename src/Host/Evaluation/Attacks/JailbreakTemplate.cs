using System.Text.Json;

namespace Unlearning.Host.Evaluation.Attacks;

/// <summary>
/// A wording around a harmful prompt that talks models out of refusing. The bundled ones (<c>jailbreaks.jsonl</c>) are this project's own, one
/// of each well-known kind; kinds after A. Wei, N. Haghtalab and J. Steinhardt, "Jailbroken: How Does LLM Safety Training Fail?", NeurIPS 2023.
/// They tell whether a change holds against ordinary tricks, not against an attacker who optimises his.
/// </summary>
/// <param name="Id">The template's name, also its kind.</param>
/// <param name="Template">The wording, with <see cref="Place"/> exactly once.</param>
public sealed record JailbreakTemplate(string Id, string Template)
{
    /// <summary>Where the prompt goes.</summary>
    public const string Place = "{prompt}";

    /// <summary>The templates that ship inside the program, in a fixed order.</summary>
    public static IReadOnlyList<JailbreakTemplate> Bundled()
    {
        const string name = "Unlearning.Host.Evaluation.Attacks.jailbreaks.jsonl";
        using Stream stream = typeof(JailbreakTemplate).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without its resource {name}.");
        using StreamReader reader = new(stream);
        List<JailbreakTemplate> templates = [];
        while (reader.ReadLine() is { } line)
        {
            templates.Add(JsonSerializer.Deserialize<JailbreakTemplate>(line, JsonSerializerOptions.Web)
                ?? throw new InvalidDataException($"{name}:{templates.Count + 1}: not a template."));
        }

        return templates;
    }

    /// <summary>The wording with the prompt in its place.</summary>
    public string Apply(string prompt) => Template.Replace(Place, prompt, StringComparison.Ordinal);
}
