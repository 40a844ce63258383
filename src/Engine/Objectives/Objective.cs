using System.Reflection;

namespace Unlearning.Engine.Objectives;

/// <summary>Objectives by the name they have in configuration: every public <see cref="IObjective"/> of this assembly.</summary>
public static class Objective
{
    private static readonly SortedDictionary<string, ConstructorInfo> Known = Find();

    /// <summary>Every name that <see cref="Create"/> takes, in alphabetical order.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The objective of that name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">The loss's settings by name, letter case ignored; those left out keep their defaults.</param>
    /// <exception cref="ArgumentException">There is none (the message lists those that exist), or a setting is unknown or out of range.</exception>
    public static IObjective Create(string name, IReadOnlyDictionary<string, double>? settings = null)
    {
        if (!Known.TryGetValue(name, out ConstructorInfo? constructor))
            throw UnknownName.Of("objective", name, Names);
        ParameterInfo[] parameters = constructor.GetParameters();
        object?[] values = [.. parameters.Select(parameter => parameter.DefaultValue)];
        foreach ((string key, double value) in settings ?? new Dictionary<string, double>())
        {
            int index = Array.FindIndex(parameters, parameter => parameter.Name!.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                throw parameters.Length == 0
                    ? new ArgumentException($"The objective '{name}' has no settings; '{key}' was given.", nameof(settings))
                    : UnknownName.Of($"setting of the objective '{name}'", key, parameters.Select(parameter => parameter.Name!));
            }

            values[index] = value;
        }

        return Make(constructor, values);
    }

    private static IObjective Make(ConstructorInfo constructor, object?[] values) =>
        (IObjective)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, values, culture: null);

    /// <exception cref="MissingMethodException">The type has not one public constructor, or a parameter of it has no default.</exception>
    internal static ConstructorInfo ConstructorOf(Type type) =>
        type.GetConstructors() is [ConstructorInfo only] && only.GetParameters().All(parameter => parameter.HasDefaultValue && parameter.ParameterType == typeof(double))
            ? only
            : throw new MissingMethodException(
                $"The objective {type.FullName} needs one public constructor, whose parameters are its settings: numbers (double), each with a default.");

    private static SortedDictionary<string, ConstructorInfo> Find()
    {
        IEnumerable<ConstructorInfo> constructors = typeof(IObjective).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(IObjective)) && !type.IsAbstract)
            .Select(ConstructorOf);
        return new(
            constructors.ToDictionary(c => Make(c, [.. c.GetParameters().Select(parameter => parameter.DefaultValue)]).Name), StringComparer.Ordinal);
    }
}
