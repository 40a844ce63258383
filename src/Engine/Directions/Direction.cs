using System.Reflection;

namespace Unlearning.Engine.Directions;

/// <summary>Directions by the name they have in configuration: every public <see cref="IDirection"/> of this assembly.</summary>
public static class Direction
{
    private static readonly SortedDictionary<string, ConstructorInfo> Known = Find();

    /// <summary>Every name that <see cref="Create"/> takes, in alphabetical order.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The direction of that name.</summary>
    /// <exception cref="ArgumentException">There is none (the message lists those that exist), or an option is out of range.</exception>
    public static IDirection Create(string name, DirectionOptions options) => Known.TryGetValue(name, out ConstructorInfo? constructor)
        ? Make(constructor, options)
        : throw UnknownName.Of("direction", name, Names);

    private static IDirection Make(ConstructorInfo constructor, DirectionOptions options) =>
        (IDirection)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, [options], culture: null);

    /// <exception cref="MissingMethodException">The type has no public constructor that takes the options alone.</exception>
    internal static ConstructorInfo ConstructorOf(Type type) => type.GetConstructor([typeof(DirectionOptions)])
        ?? throw new MissingMethodException(
            $"The direction {type.FullName} has no public constructor that takes {nameof(DirectionOptions)} alone. Give it one.");

    private static SortedDictionary<string, ConstructorInfo> Find()
    {
        IEnumerable<ConstructorInfo> constructors = typeof(IDirection).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(IDirection)) && !type.IsAbstract)
            .Select(ConstructorOf);
        return new(constructors.ToDictionary(constructor => Make(constructor, new DirectionOptions()).Name), StringComparer.Ordinal);
    }
}
