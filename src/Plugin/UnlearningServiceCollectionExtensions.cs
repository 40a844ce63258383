using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Costly;
using Unlearning.Plugin.Privacy;
using Unlearning.Plugin.Transport;

namespace Unlearning.Plugin;

/// <summary>Adds safety capture to an app's services.</summary>
public static class UnlearningServiceCollectionExtensions
{
    /// <summary>Adds capture and decorates the chat clients and chat completion services registered so far. Adding twice captures once.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">
    /// The app's configuration, read at <see cref="CaptureOptions.SectionName"/>, <see cref="PolicyOptions.SectionName"/> and
    /// <see cref="TransportOptions.SectionName"/>.
    /// </param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// Call it after the connectors are registered, or once more then: it decorates what it finds, and warns
    /// in the log of what came later. A chat client whose pipeline calls
    /// tools is better captured by <c>UseSafetyCapture</c> inside it, where each round trip is seen. Incidents go to the registered
    /// <see cref="IIncidentSink"/>, else to the Host that the configuration names.
    /// </remarks>
    public static IServiceCollection AddUnlearning(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddUnlearningCapture(configuration).DecorateModelServices();
        services.TryAddSingleton(new UncapturedServices(services));
        services.AddHostedService<UncapturedServicesCheck>();
        return services;
    }

    /// <summary>Adds capture to the kernel's services, as <see cref="AddUnlearning(IServiceCollection, IConfiguration)"/> does.</summary>
    /// <param name="builder">The kernel's builder, with its connectors already added.</param>
    /// <param name="configuration">The app's configuration.</param>
    /// <returns>The same builder.</returns>
    public static IKernelBuilder AddUnlearning(this IKernelBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddUnlearning(configuration);
        return builder;
    }

    /// <summary>Adds what capture needs, and the kernel filter that annotates; decorates nothing.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">
    /// The app's configuration, read at <see cref="CaptureOptions.SectionName"/>, <see cref="PolicyOptions.SectionName"/> and
    /// <see cref="TransportOptions.SectionName"/>.
    /// </param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddUnlearningCapture(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        if (services.Any(service => service.ServiceType == typeof(InteractionRecorder)))
        {
            return services;
        }

        services.AddOptionsWithValidateOnStart<CaptureOptions>().Bind(configuration.GetSection(CaptureOptions.SectionName));
        services.AddSingleton<IValidateOptions<CaptureOptions>, CaptureOptionsValidator>();
        services.AddOptionsWithValidateOnStart<PolicyOptions>().Bind(configuration.GetSection(PolicyOptions.SectionName));
        services.AddSingleton<IValidateOptions<PolicyOptions>, PolicyOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IPolicySource, FolderPolicySource>();
        services.TryAddSingleton<CaptureMetrics>();
        services.AddTransport(configuration);
        services.AddOptionsWithValidateOnStart<DetectorOptions>().Bind(configuration.GetSection(DetectorOptions.SectionName));
        services.AddSingleton<IValidateOptions<DetectorOptions>, DetectorOptionsValidator>();
        services.AddSingleton<ICostlyDetector, ChatJudge>();
        services.AddSingleton<ICostlyDetector, LlamaGuard>();
        services.AddSingleton<ICostlyDetector, ModerationEndpoint>();
        services.AddSingleton<ICostlyDetector, SemanticSimilarity>();
        services.AddSingleton<CostlyDetectors>();
        services.AddSingleton(provider => new InteractionRecorder(
            provider.GetRequiredService<IPolicySource>(),
            provider.GetRequiredService<IIncidentSink>(),
            provider.GetRequiredService<CostlyDetectors>(),
            provider.GetRequiredService<CaptureMetrics>(),
            provider.GetRequiredService<IOptions<CaptureOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<InteractionRecorder>>(),
            provider.GetService<ISubjectHasher>()));
        services.AddSingleton<FeedbackSender>();
        services.AddSingleton<IFunctionInvocationFilter, AnnotatingFilter>();
        services.AddSingleton<IPromptRenderFilter, AnnotatingFilter>();
        return services;
    }

    // The sink of an app that has named none: the Host in its settings, or a warning.
    private static void AddTransport(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<TransportOptions>().Bind(configuration.GetSection(TransportOptions.SectionName));
        services.AddSingleton<IValidateOptions<TransportOptions>, TransportOptionsValidator>();
        services.TryAddSingleton<TransportMetrics>();
        services.TryAddSingleton<IIncidentSink>(provider =>
            provider.GetRequiredService<IOptions<TransportOptions>>().Value.Url.Length > 0
                ? ActivatorUtilities.CreateInstance<HttpIncidentSink>(provider)
                : ActivatorUtilities.CreateInstance<LoggingIncidentSink>(provider));
        services.AddHostedService<TransportService>();
    }

    /// <summary>Adds the kernel plugin <c>unlearning</c> to the app's kernels, and the guard that keeps models in bounds.</summary>
    /// <param name="services">The app's services; an <see cref="IUnlearningRuns"/> must be among them when a kernel is made.</param>
    /// <param name="configuration">The app's configuration, read at <see cref="UnlearningFunctionOptions.SectionName"/>.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Kernels made by <c>AddKernel</c> get the plugin; one that is put together by hand imports it itself.</remarks>
    public static IServiceCollection AddUnlearningFunctions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddUnlearningCapture(configuration);
        if (services.Any(service => service.ServiceType == typeof(UnlearningFunctions)))
        {
            return services;
        }

        services.AddOptionsWithValidateOnStart<UnlearningFunctionOptions>()
            .Bind(configuration.GetSection(UnlearningFunctionOptions.SectionName));
        services.AddSingleton<IValidateOptions<UnlearningFunctionOptions>, UnlearningFunctionOptionsValidator>();
        services.AddSingleton<UnlearningFunctions>();
        services.AddSingleton(provider => KernelPluginFactory.CreateFromObject(
            provider.GetRequiredService<UnlearningFunctions>(), UnlearningFunctions.PluginName));
        services.AddSingleton<IAutoFunctionInvocationFilter, MutatingFunctionGuard>();
        return services;
    }

    /// <summary>
    /// Puts capture around every <see cref="IChatCompletionService"/> and <see cref="IChatClient"/> registered so far, keyed or not, once.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <returns>The same services.</returns>
    /// <remarks>What captures already, in a pipeline of its own, is left as it is when it is made.</remarks>
    public static IServiceCollection DecorateModelServices(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        for (int i = 0; i < services.Count; i++)
        {
            services[i] = ServiceDecoration.Of(services[i]) ?? services[i];
        }

        return services;
    }
}
