using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Capture;

/// <summary>A kernel function or a model call in flight, linked to the one it runs inside by the async flow.</summary>
/// <remarks>
/// Frames keep an interaction from being captured twice: when several decorators lie on one call's path the innermost captures,
/// and it marks the frames around it. A tool that the model calls opens a conversation of its own, so marks stop there.
/// </remarks>
internal sealed class CallFrame
{
    private static readonly AsyncLocal<CallFrame?> _current = new();
    private static readonly AsyncLocal<bool> _suppressed = new();

    private readonly CallFrame? _outer = _current.Value;
    private readonly object? _tool = FunctionInvokingChatClient.CurrentContext;
    private readonly bool _isFunction;
    private volatile bool _capturedInside;
    private volatile bool _enforcedInside;
    private volatile bool _modelInside;

    private CallFrame(string? function, Kernel? kernel)
    {
        _isFunction = function is not null;
        Function = function ?? _outer?.Function;
        CaptureContext? context = CaptureContext.Current ?? CaptureContext.Of(kernel);
        Subject = context?.Subject ?? _outer?.Subject;
        Tags = context?.Tags ?? _outer?.Tags ?? CaptureContext.NoTags;
    }

    /// <summary>Gets the innermost kernel function, as <c>plugin-function</c>, or null outside any.</summary>
    public string? Function { get; }

    public string? Subject { get; }

    public IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>Gets a value indicating whether a call inside this one has been captured in its place.</summary>
    public bool CapturedInside => _capturedInside;

    /// <summary>Gets a value indicating whether the running async flow is the capture's own and is not to be captured.</summary>
    public static bool IsSuppressed => _suppressed.Value;

    /// <summary>Gets a value indicating whether a model that is captured has been called inside this.</summary>
    public bool ModelInside => _modelInside;

    /// <summary>Gets or sets the prompt that a prompt function has made of its template.</summary>
    public string? RenderedPrompt { get; set; }

    /// <summary>Gets a value indicating whether a call inside this one applies the policies in its place.</summary>
    public bool EnforcedInside => _enforcedInside;

    /// <summary>Gets a value indicating whether nothing that is captured, and no tool loop, runs around this call.</summary>
    public bool IsOutermost => _outer is null && _tool is null;

    /// <summary>Gets the innermost frame of the running async flow.</summary>
    public static CallFrame? Current => _current.Value;

    /// <summary>Leaves the calls of the running async flow uncaptured and unenforced until the result is disposed.</summary>
    public static IDisposable Suppress()
    {
        _suppressed.Value = true;
        return new Suppression();
    }

    public static CallFrame ForModelCall(Kernel? kernel = null)
    {
        CallFrame call = new(null, kernel);
        for (CallFrame? frame = call._outer; frame is not null; frame = frame._outer)
        {
            frame._modelInside = true;
        }

        return call;
    }

    public static CallFrame ForFunction(KernelFunction function, Kernel kernel)
    {
        string name = WithoutRandomPart(function.Name);
        return new(function.PluginName is { Length: > 0 } plugin ? $"{plugin}-{name}" : name, kernel);
    }

    /// <summary>
    /// Makes this the frame of the running async method and all that it calls. Inside an async iterator it must be repeated before
    /// every move of the inner stream, because the consumer's context is restored at each <c>yield</c>.
    /// </summary>
    public void Enter() => _current.Value = this;

    /// <summary>Tells the frames around this one that the interaction is captured.</summary>
    public void MarkCaptured()
    {
        bool sameConversation = true;
        for (CallFrame? frame = _outer; frame is not null; frame = frame._outer)
        {
            sameConversation &= !frame._isFunction && ReferenceEquals(frame._tool, _tool);
            if (frame._isFunction || sameConversation)
            {
                frame._capturedInside = true;
            }
        }
    }

    /// <summary>Tells the frames around this one, of the same conversation, that the policies are applied here.</summary>
    public void MarkEnforced()
    {
        for (CallFrame? frame = _outer; frame is { _isFunction: false } && ReferenceEquals(frame._tool, _tool); frame = frame._outer)
        {
            frame._enforcedInside = true;
        }
    }

    // Functions made of a prompt on the spot are named anew each time, with a GUID at the end.
    private static string WithoutRandomPart(string name)
    {
        int end = name.Length - 33;
        return end > 0 && name[end] == '_' && Guid.TryParseExact(name.AsSpan(end + 1), "N", out _) ? name[..end] : name;
    }

    private sealed class Suppression : IDisposable
    {
        public void Dispose() => _suppressed.Value = false;
    }
}
