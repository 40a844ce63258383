using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Unlearning.Plugin.Capture;

/// <summary>Turns one registration of a chat completion service into the registration of that service, captured.</summary>
internal sealed class ChatCompletionDecoration(ServiceDescriptor original)
{
    /// <summary>Whether a registration already is one of these.</summary>
    public static bool IsDecorated(ServiceDescriptor descriptor) =>
        (descriptor.IsKeyedService ? descriptor.KeyedImplementationFactory?.Target : descriptor.ImplementationFactory?.Target)
            is ChatCompletionDecoration;

    /// <summary>Gives the registration to put in the original's place: same key, same lifetime.</summary>
    public ServiceDescriptor Describe() => original.IsKeyedService
        ? ServiceDescriptor.DescribeKeyed(original.ServiceType, original.ServiceKey, CreateKeyed, original.Lifetime)
        : ServiceDescriptor.Describe(original.ServiceType, Create, original.Lifetime);

    private object Create(IServiceProvider services) => original.ImplementationInstance is { } instance
        ? Decorate(services, instance, leaveOpen: true)
        : Decorate(
            services,
            original.ImplementationFactory?.Invoke(services)
                ?? ActivatorUtilities.CreateInstance(services, original.ImplementationType!),
            leaveOpen: false);

    private object CreateKeyed(IServiceProvider services, object? key) => original.KeyedImplementationInstance is { } instance
        ? Decorate(services, instance, leaveOpen: true)
        : Decorate(
            services,
            original.KeyedImplementationFactory?.Invoke(services, key)
                ?? ActivatorUtilities.CreateInstance(services, original.KeyedImplementationType!),
            leaveOpen: false);

    // What the original makes may be captured already, where one registration forwards to another.
    private static object Decorate(IServiceProvider services, object service, bool leaveOpen) =>
        service as SafetyCaptureChatCompletionService
        ?? new SafetyCaptureChatCompletionService((IChatCompletionService)service, InteractionRecorder.From(services), leaveOpen);
}
