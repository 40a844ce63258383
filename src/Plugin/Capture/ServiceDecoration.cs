using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Unlearning.Plugin.Capture;

/// <summary>Turns one registration of a model's service into the registration of that service, captured.</summary>
internal sealed class ServiceDecoration
{
    private readonly ServiceDescriptor _original;
    private readonly Decorate _decorate;

    private ServiceDecoration(ServiceDescriptor original, Decorate decorate)
    {
        _original = original;
        _decorate = decorate;
    }

    private delegate object Decorate(object service, InteractionRecorder recorder, bool leaveOpen);

    /// <summary>Gives what to put in a registration's place: same key, same lifetime; or null where nothing is to be captured, or is already.</summary>
    public static ServiceDescriptor? Of(ServiceDescriptor original)
    {
        object? target = original.IsKeyedService ? original.KeyedImplementationFactory?.Target : original.ImplementationFactory?.Target;
        return target is ServiceDecoration ? null
            : original.ServiceType == typeof(IChatCompletionService) ? new ServiceDecoration(original, DecorateCompletion).Describe()
            : original.ServiceType == typeof(IChatClient) ? new ServiceDecoration(original, DecorateClient).Describe()
            : null;
    }

    private ServiceDescriptor Describe() => _original.IsKeyedService
        ? ServiceDescriptor.DescribeKeyed(_original.ServiceType, _original.ServiceKey, CreateKeyed, _original.Lifetime)
        : ServiceDescriptor.Describe(_original.ServiceType, Create, _original.Lifetime);

    private object Create(IServiceProvider services) => _original.ImplementationInstance is { } instance
        ? _decorate(instance, InteractionRecorder.From(services), leaveOpen: true)
        : _decorate(
            _original.ImplementationFactory?.Invoke(services)
                ?? ActivatorUtilities.CreateInstance(services, _original.ImplementationType!),
            InteractionRecorder.From(services),
            leaveOpen: false);

    private object CreateKeyed(IServiceProvider services, object? key) => _original.KeyedImplementationInstance is { } instance
        ? _decorate(instance, InteractionRecorder.From(services), leaveOpen: true)
        : _decorate(
            _original.KeyedImplementationFactory?.Invoke(services, key)
                ?? ActivatorUtilities.CreateInstance(services, _original.KeyedImplementationType!),
            InteractionRecorder.From(services),
            leaveOpen: false);

    // What the original makes may be captured already, in its own pipeline or where one registration forwards to another.
    private static object DecorateCompletion(object service, InteractionRecorder recorder, bool leaveOpen) =>
        service as SafetyCaptureChatCompletionService
        ?? new SafetyCaptureChatCompletionService((IChatCompletionService)service, recorder, leaveOpen);

    private static object DecorateClient(object service, InteractionRecorder recorder, bool leaveOpen) =>
        ((IChatClient)service).GetService<SafetyCaptureChatClient>() is null
            ? new SafetyCaptureChatClient((IChatClient)service, recorder, leaveOpen)
            : service;
}
