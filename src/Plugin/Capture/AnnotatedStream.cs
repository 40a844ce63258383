using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Capture;

/// <summary>
/// Runs a streaming function's result inside the function's frame, whatever its items are, and gives back its text if no captured model
/// ran in it.
/// </summary>
internal static class AnnotatedStream
{
    private static readonly MethodInfo _wrapItems =
        typeof(AnnotatedStream).GetMethod(nameof(WrapItems), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly ConcurrentDictionary<Type, Func<object, CallFrame, Ended, object>?> _wrappers = new();

    /// <summary>Takes the text of a stream in which no captured model ran.</summary>
    /// <param name="text">All of it, or as much as came.</param>
    /// <param name="complete">Whether the stream came to its end.</param>
    public delegate ValueTask Ended(string text, bool complete);

    /// <summary>Wraps the stream in <paramref name="result"/>; a result that holds no stream comes back as it is.</summary>
    public static FunctionResult Wrap(FunctionResult result, CallFrame frame, Ended ended) =>
        result.GetValue<object>() is { } stream && _wrappers.GetOrAdd(stream.GetType(), CreateWrapper) is { } wrap
            ? new FunctionResult(result, wrap(stream, frame, ended))
            : result;

    // The result's type is a compiler-generated iterator; what it streams shows only in its interface.
    private static Func<object, CallFrame, Ended, object>? CreateWrapper(Type streamType)
    {
        Type? item = streamType.GetInterfaces()
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))
            ?.GetGenericArguments()[0];
        return item is null ? null : _wrapItems.MakeGenericMethod(item).CreateDelegate<Func<object, CallFrame, Ended, object>>();
    }

    private static object WrapItems<T>(object stream, CallFrame frame, Ended ended) => RunAsync((IAsyncEnumerable<T>)stream, frame, ended);

    private static async IAsyncEnumerable<T> RunAsync<T>(
        IAsyncEnumerable<T> source, CallFrame frame, Ended ended, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StringBuilder text = new();
        bool complete = false;
        try
        {
            IAsyncEnumerator<T> items = source.GetAsyncEnumerator(cancellationToken);
            await using (items.ConfigureAwait(false))
            {
                while (true)
                {
                    frame.Enter();
                    if (!await items.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    if (!frame.ModelInside)
                    {
                        text.Append(TextOf(items.Current));
                    }

                    yield return items.Current;
                }
            }

            complete = true;
        }
        finally
        {
            if (text.Length > 0 && frame is { ModelInside: false, IsOutermost: true })
            {
                await ended(text.ToString(), complete).ConfigureAwait(false);
            }
        }
    }

    private static string? TextOf(object? item) => item switch
    {
        string text => text,
        StreamingChatMessageContent piece => CapturedText.Of(piece),
        StreamingTextContent piece => piece.Text,
        StreamingMethodContent { Content: { } content } => TextOf(content),
        ChatResponseUpdate update => update.Text,
        _ => null,
    };
}
