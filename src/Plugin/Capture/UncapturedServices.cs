using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Unlearning.Plugin.Capture;

/// <summary>Looks for chat clients and chat completion services that were registered after capture was added, and says that nothing captures them.</summary>
/// <param name="registered">The app's registrations, those that come later too.</param>
internal sealed partial class UncapturedServices(IServiceCollection registered)
{
    private int _looked;

    /// <summary>Looks, the first time, and warns of each. It makes the services to see what is in their pipelines, but only where one came later.</summary>
    /// <param name="services">The app's services.</param>
    public void Look(IServiceProvider services)
    {
        if (Volatile.Read(ref _looked) != 0 || Interlocked.Exchange(ref _looked, 1) != 0)
        {
            return;
        }

#pragma warning disable CA1031 // An app must not fail at a service that it may never ask for.
        try
        {
            if (services.GetService<ILoggerFactory>()?.CreateLogger<UncapturedServices>() is { } logger)
            {
                using IServiceScope scope = services.CreateScope();
                foreach ((object service, object? key) in Later(scope.ServiceProvider).Where(later => !IsCaptured(later.Service)))
                {
                    LogUncaptured(logger, service.GetType().Name, key is null ? "" : $" with the key '{key}'");
                }
            }
        }
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    private static bool IsCaptured(object service) => service switch
    {
        IChatClient client => client.GetService<SafetyCaptureChatClient>() is not null,

        // Semantic Kernel's own is an adapter of a chat client, which is looked at for itself.
        _ => service is SafetyCaptureChatCompletionService || service.GetType().Assembly == typeof(IChatCompletionService).Assembly,
    };

    private IEnumerable<(object Service, object? Key)> Later(IServiceProvider services)
    {
        ServiceDescriptor[] later = [.. registered.Where(service => ServiceDecoration.Of(service) is not null && service.ServiceKey != KeyedService.AnyKey)];
        foreach (Type type in later.Where(service => !service.IsKeyedService).Select(service => service.ServiceType).Distinct())
        {
            foreach (object? service in services.GetServices(type).OfType<object>())
            {
                yield return (service, null);
            }
        }

        foreach ((Type type, object? key) in later.Where(service => service.IsKeyedService).Select(service => (service.ServiceType, service.ServiceKey)).Distinct())
        {
            foreach (object service in services.GetKeyedServices(type, key).OfType<object>())
            {
                yield return (service, key);
            }
        }
    }

    [LoggerMessage(
        EventId = 1011,
        EventName = "ServiceNotCaptured",
        Level = LogLevel.Warning,
        Message = "{Service}{Key} was registered after AddUnlearning, so that nothing captures what goes through it. Call AddUnlearning after it (twice is "
            + "no harm), or put UseSafetyCapture() into its pipeline.")]
    private static partial void LogUncaptured(ILogger logger, string service, string key);
}
