using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin;

/// <summary>Adds safety capture to an app's services.</summary>
public static class UnlearningServiceCollectionExtensions
{
    /// <summary>Adds capture and decorates the chat completion services registered so far. Adding twice captures once.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">The app's configuration, read at <see cref="CaptureOptions.SectionName"/>.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// Call it after the connectors are registered. A chat client is captured by <c>UseSafetyCapture</c> in its own pipeline, where
    /// its place can be chosen. Incidents go to the registered <see cref="IIncidentSink"/>.
    /// </remarks>
    public static IServiceCollection AddUnlearning(this IServiceCollection services, IConfiguration configuration) =>
        services.AddUnlearningCapture(configuration).DecorateChatCompletionServices();

    /// <summary>Adds what capture needs, and the kernel filter that annotates; decorates nothing.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">The app's configuration, read at <see cref="CaptureOptions.SectionName"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddUnlearningCapture(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<CaptureOptions>().Bind(configuration.GetSection(CaptureOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CaptureOptions>, CaptureOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CaptureMetrics>();
        services.TryAddSingleton<IIncidentSink, LoggingIncidentSink>();
        services.TryAddSingleton<InteractionRecorder>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFunctionInvocationFilter, AnnotatingFilter>());
        return services;
    }

    /// <summary>Puts capture around every <see cref="IChatCompletionService"/> registered so far, keyed or not, once.</summary>
    /// <param name="services">The app's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection DecorateChatCompletionServices(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        for (int i = 0; i < services.Count; i++)
        {
            if (services[i].ServiceType == typeof(IChatCompletionService) && !ChatCompletionDecoration.IsDecorated(services[i]))
            {
                services[i] = new ChatCompletionDecoration(services[i]).Describe();
            }
        }

        return services;
    }
}
