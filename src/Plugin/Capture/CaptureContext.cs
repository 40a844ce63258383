using System.Collections.Frozen;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Capture;

/// <summary>What an app says about the calls it is about to make; it flows with the async context into every call inside.</summary>
/// <remarks>Code that has a kernel but no place for a <c>using</c> puts the same into <c>Kernel.Data</c>, under the keys below.</remarks>
/// <example>
/// <code>
/// using (CaptureContext.Begin(subject: userId, tags: new Dictionary&lt;string, string&gt; { ["workload"] = "helpdesk" }))
/// {
///     await kernel.InvokePromptAsync(question);
/// }
/// </code>
/// </example>
public sealed class CaptureContext : IDisposable
{
    /// <summary>The key of <c>Kernel.Data</c> for the subject, a string.</summary>
    public const string SubjectKey = "unlearning.subject";

    /// <summary>The key of <c>Kernel.Data</c> for the tags, a dictionary of strings.</summary>
    public const string TagsKey = "unlearning.tags";

    internal static readonly IReadOnlyDictionary<string, string> NoTags = FrozenDictionary<string, string>.Empty;

    private static readonly AsyncLocal<CaptureContext?> _current = new();

    private readonly CaptureContext? _outer;
    private string? _interactionId;

    private CaptureContext(CaptureContext? outer, string? subject, IReadOnlyDictionary<string, string>? tags)
    {
        _outer = outer;
        Subject = subject ?? outer?.Subject;
        Tags = tags is null ? outer?.Tags ?? NoTags : (outer?.Tags ?? NoTags).Concat(tags)
            .GroupBy(tag => tag.Key, StringComparer.Ordinal)
            .ToFrozenDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);
    }

    /// <summary>Gets the context of the running async flow, or null.</summary>
    public static CaptureContext? Current => _current.Value;

    /// <summary>Gets who the app is talking to, as the app names them; a store keeps it only as a keyed hash.</summary>
    public string? Subject { get; }

    /// <summary>Gets the app's own labels for the call.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>Opens a context; what is left out is taken from the context around it, and tags of the same name are replaced.</summary>
    /// <param name="subject">Who the app is talking to.</param>
    /// <param name="tags">The app's own labels.</param>
    /// <returns>The context; disposing it brings back the one around it.</returns>
    public static CaptureContext Begin(string? subject = null, IReadOnlyDictionary<string, string>? tags = null) =>
        _current.Value = new CaptureContext(_current.Value, subject, tags);

    /// <summary>Opens a context in which the first interaction that is captured gets an id that is known before.</summary>
    internal static CaptureContext Begin(string? subject, string interactionId)
    {
        CaptureContext context = Begin(subject);
        context._interactionId = interactionId;
        return context;
    }

    /// <summary>Gives the id that was set aside, to whoever asks first.</summary>
    internal string? TakeInteractionId() => Interlocked.Exchange(ref _interactionId, null);

    /// <summary>Reads what an app put into its kernel's data, for calls made outside any context.</summary>
    internal static CaptureContext? Of(Kernel? kernel)
    {
        if (kernel is null)
        {
            return null;
        }

        kernel.Data.TryGetValue(SubjectKey, out object? subject);
        kernel.Data.TryGetValue(TagsKey, out object? tags);
        return subject is null && tags is null
            ? null
            : new CaptureContext(null, subject as string, tags as IReadOnlyDictionary<string, string>);
    }

    /// <summary>Brings back the context around this one.</summary>
    public void Dispose() => _current.Value = _outer;
}
