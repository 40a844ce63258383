using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Capture;

/// <summary>Runs a streaming function's result inside the function's frame, whatever its items are.</summary>
internal static class AnnotatedStream
{
    private static readonly MethodInfo _wrapItems =
        typeof(AnnotatedStream).GetMethod(nameof(WrapItems), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly ConcurrentDictionary<Type, Func<object, CallFrame, object>?> _wrappers = new();

    /// <summary>Wraps the stream in <paramref name="result"/>; a result that holds no stream comes back as it is.</summary>
    public static FunctionResult Wrap(FunctionResult result, CallFrame frame) =>
        result.GetValue<object>() is { } stream && _wrappers.GetOrAdd(stream.GetType(), CreateWrapper) is { } wrap
            ? new FunctionResult(result, wrap(stream, frame))
            : result;

    // The result's type is a compiler-generated iterator; what it streams shows only in its interface.
    private static Func<object, CallFrame, object>? CreateWrapper(Type streamType)
    {
        Type? item = streamType.GetInterfaces()
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))
            ?.GetGenericArguments()[0];
        return item is null ? null : _wrapItems.MakeGenericMethod(item).CreateDelegate<Func<object, CallFrame, object>>();
    }

    private static object WrapItems<T>(object stream, CallFrame frame) => RunAsync((IAsyncEnumerable<T>)stream, frame);

    private static async IAsyncEnumerable<T> RunAsync<T>(
        IAsyncEnumerable<T> source, CallFrame frame, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<T> items = source.GetAsyncEnumerator(cancellationToken);
        await using (items.ConfigureAwait(false))
        {
            while (true)
            {
                frame.Enter();
                if (!await items.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }

                yield return items.Current;
            }
        }
    }
}
