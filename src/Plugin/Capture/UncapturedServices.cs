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

    /// <summary>
    /// Looks, the first time, and warns of each. It makes the services to see what is in their pipelines, but only where one came later; of
    /// one that cannot be made it says so, and looks at the others.
    /// </summary>
    /// <param name="services">The app's services.</param>
    public void Look(IServiceProvider services)
    {
        if (Volatile.Read(ref _looked) != 0 || Interlocked.Exchange(ref _looked, 1) != 0)
        {
            return;
        }

        ILogger? logger = null;
#pragma warning disable CA1031 // An app must not fail at a service that it may never ask for.
        try
        {
            logger = services.GetService<ILoggerFactory>()?.CreateLogger<UncapturedServices>();
            if (logger is not null)
            {
                using IServiceScope scope = services.CreateScope();
                foreach ((Type type, object? key) in Later())
                {
                    LookAt(scope.ServiceProvider, type, key, logger);
                }
            }
        }
        catch (Exception failure)
        {
            if (logger is not null)
            {
                LogNotSeen(logger, "What was registered after AddUnlearning", failure.GetType().Name);
            }
        }
#pragma warning restore CA1031
    }

    private static bool IsCaptured(object service) => service switch
    {
        IChatClient client => client.GetService<SafetyCaptureChatClient>() is not null,

        // Semantic Kernel's own is an adapter of a chat client, which is looked at for itself.
        _ => service is SafetyCaptureChatCompletionService || service.GetType().Assembly == typeof(IChatCompletionService).Assembly,
    };

    private static void LookAt(IServiceProvider services, Type type, object? key, ILogger logger)
    {
        string keyed = key is null ? "" : $" with the key '{key}'";
#pragma warning disable CA1031 // As above, and the others are still to be looked at.
        try
        {
            foreach (object service in (key is null ? services.GetServices(type) : services.GetKeyedServices(type, key)).OfType<object>())
            {
                if (!IsCaptured(service))
                {
                    LogUncaptured(logger, service.GetType().Name, keyed);
                }
            }
        }
        catch (Exception failure)
        {
            LogNotSeen(logger, $"{type.Name}{keyed}, registered after AddUnlearning,", failure.GetType().Name);
        }
#pragma warning restore CA1031
    }

    private IEnumerable<(Type Type, object? Key)> Later() => registered
        .Where(service => ServiceDecoration.Of(service) is not null && service.ServiceKey != KeyedService.AnyKey)
        .Select(service => (service.ServiceType, service.IsKeyedService ? service.ServiceKey : null)).Distinct();

    [LoggerMessage(
        EventId = 1011,
        EventName = "ServiceNotCaptured",
        Level = LogLevel.Warning,
        Message = "{Service}{Key} was registered after AddUnlearning, so that nothing captures what goes through it. Call AddUnlearning after it (twice is "
            + "no harm), or put UseSafetyCapture() into its pipeline.")]
    private static partial void LogUncaptured(ILogger logger, string service, string key);

    // The type of the failure alone: a message may quote a key or an address of the app's settings.
    [LoggerMessage(
        EventId = 1012,
        EventName = "ServiceNotSeen",
        Level = LogLevel.Warning,
        Message = "{Service} could not be made ({ExceptionType}), so that nobody knows whether anything captures what goes through it. Make sure that "
            + "AddUnlearning is called after it is registered, or that UseSafetyCapture() is in its pipeline.")]
    private static partial void LogNotSeen(ILogger logger, string service, string exceptionType);
}
