namespace Unlearning.Host.Evaluation;

/// <summary>One hazard with all the names that prompts may carry it under.</summary>
public sealed class HazardScope
{
    /// <summary>The taxonomy of names that are written without one, as the bundled prompts have them: <c>ncr</c> is <c>ailuminate:ncr</c>.</summary>
    public const string DefaultTaxonomy = "ailuminate";

    private readonly HashSet<string> _names;

    /// <summary>A hazard.</summary>
    /// <param name="name">What reports call it, as taxonomy:name.</param>
    /// <param name="aliases">Its other names.</param>
    public HazardScope(string name, params IEnumerable<string> aliases)
    {
        Name = Full(name);
        _names = new HashSet<string>(aliases.Select(Full), StringComparer.OrdinalIgnoreCase) { Name };
    }

    /// <summary>What reports call it, as taxonomy:name.</summary>
    public string Name { get; }

    /// <summary>Whether a prompt of that hazard belongs to it; never one without a hazard.</summary>
    public bool Covers(string? hazard) => hazard is not null && _names.Contains(Full(hazard));

    /// <summary>A hazard's name with its taxonomy.</summary>
    public static string Full(string hazard)
    {
        ArgumentNullException.ThrowIfNull(hazard);
        return hazard.Contains(':', StringComparison.Ordinal) ? hazard : $"{DefaultTaxonomy}:{hazard}";
    }
}
