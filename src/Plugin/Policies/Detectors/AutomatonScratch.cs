using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Lets go of what the runtime only needs to build an automaton.</summary>
/// <remarks>
/// <see cref="RegexOptions.NonBacktracking"/> divides the alphabet into classes, and memorises each operation on sets of characters meanwhile.
/// The finished automaton never asks for them again, yet keeps them: one to two megabytes a pattern, four hundred for the policies that come
/// with this project. There is no public way to drop them. Where a runtime keeps them elsewhere, nothing is dropped and nothing breaks.
/// </remarks>
internal static class AutomatonScratch
{
    private static readonly string[] _path = ["factory", "_matcher", "_builder", "_charSetSolver"];

    /// <summary>Drops it.</summary>
    /// <param name="automaton">A pattern that was just built and that no other thread knows yet.</param>
    /// <returns>Whether it was found.</returns>
    public static bool Drop(Regex automaton)
    {
        object? at = automaton;
        foreach (string field in _path)
            at = Read(at, field);
        if (Read(at, "_operationCache") is not IDictionary memorised)
            return false;
        memorised.Clear();
        memorised.GetType().GetMethod("TrimExcess", Type.EmptyTypes)?.Invoke(memorised, null);
        return true;
    }

    private static object? Read(object? owner, string field)
    {
        for (Type? type = owner?.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetField(field, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is { } found)
                return found.GetValue(owner);
        }

        return null;
    }
}
