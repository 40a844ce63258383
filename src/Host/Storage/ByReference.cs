using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Unlearning.Host.Storage;

/// <summary>Tells change tracking that an immutable value changed only when another one took its place.</summary>
internal sealed class ByReference<T>() : ValueComparer<T>(
    (left, right) => ReferenceEquals(left, right),
    value => RuntimeHelpers.GetHashCode(value),
    value => value)
    where T : class;
