using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin;

namespace Unlearning.Host;

/// <summary>Registers the assistant that the service is: a kernel and its chat client.</summary>
internal static class AssistantServiceCollectionExtensions
{
    /// <summary>Adds the chat client, as chat completion service too, and the kernel. Needs <c>AddUnlearning</c>.</summary>
    /// <param name="services">The service's own.</param>
    /// <param name="model">What answers.</param>
    public static IServiceCollection AddAssistant(this IServiceCollection services, Func<IServiceProvider, IChatClient> model)
    {
        // Innermost the model, around it the capture, outermost the tool calls: every model round trip is captured and traced, without text.
        // The tracing logs nothing: it would warn, with the exception whole, of each client that goes away, and of a failure with a
        // message that may quote the conversation. Whoever asked logs what failed.
        services.AddChatClient(model)
            .UseKernelFunctionInvocation()
            .UseOpenTelemetry(NullLoggerFactory.Instance, configure: telemetry => telemetry.EnableSensitiveData = false)
            .UseSafetyCapture();
        services.AddSingleton<IChatCompletionService>(provider => provider.GetRequiredService<IChatClient>().AsChatCompletionService(provider));
        services.AddKernel();
        return services;
    }
}
