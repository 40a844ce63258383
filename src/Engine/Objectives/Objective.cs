namespace Unlearning.Engine.Objectives;

/// <summary>Objectives by the name they have in configuration.</summary>
public static class Objective
{
    private static readonly Dictionary<string, Func<IObjective>> Known = new(StringComparer.Ordinal)
    {
        [Uce.ObjectiveName] = () => new Uce(),
        [Kl.ObjectiveName] = () => new Kl(),
        [Ce.ObjectiveName] = () => new Ce(),
    };

    /// <summary>Every name that <see cref="Create"/> takes.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The objective of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static IObjective Create(string name) =>
        Known.TryGetValue(name, out Func<IObjective>? create) ? create() : throw UnknownName.Of("objective", name, Names);
}
