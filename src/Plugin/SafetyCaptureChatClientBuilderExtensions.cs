using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin;

/// <summary>Adds safety capture to a chat client's pipeline.</summary>
public static class SafetyCaptureChatClientBuilderExtensions
{
    /// <summary>Captures every call that passes here; a pipeline that captures further in is left as it is.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <returns>The same pipeline.</returns>
    /// <remarks>
    /// What is added last lies nearest to the model: add function invocation first and capture after it, so that capture sees every
    /// round trip of a tool loop.
    /// <code>
    /// services.AddChatClient(slot).UseKernelFunctionInvocation().UseSafetyCapture();
    /// </code>
    /// </remarks>
    public static ChatClientBuilder UseSafetyCapture(this ChatClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use((inner, services) => inner.GetService<SafetyCaptureChatClient>() is null
            ? new SafetyCaptureChatClient(inner, InteractionRecorder.From(services))
            : inner);
    }
}
