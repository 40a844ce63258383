namespace Unlearning.Engine.Directions;

/// <summary>Directions by the name they have in configuration.</summary>
public static class Direction
{
    private static readonly Dictionary<string, Func<DirectionOptions, IDirection>> Known = new(StringComparer.Ordinal)
    {
        [DualSpace.DirectionName] = options => new DualSpace(options),
        [MinNorm.DirectionName] = options => new MinNorm(options),
        [WeightedSum.DirectionName] = options => new WeightedSum(options),
    };

    /// <summary>Every name that <see cref="Create"/> takes.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The direction of that name.</summary>
    /// <exception cref="ArgumentException">There is none (the message lists those that exist), or an option is out of range.</exception>
    public static IDirection Create(string name, DirectionOptions options) =>
        Known.TryGetValue(name, out Func<DirectionOptions, IDirection>? create)
            ? create(options)
            : throw UnknownName.Of("direction", name, Names);
}
