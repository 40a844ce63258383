using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Unlearning.Plugin.Policies.Costly;

/// <summary>Finds the chat client that a policy names.</summary>
internal static class NamedChatClient
{
    /// <exception cref="InvalidOperationException">The app has registered none of this key.</exception>
    public static IChatClient Find(IServiceProvider services, string key) => services.GetKeyedService<IChatClient>(key)
        ?? throw new InvalidOperationException(
            $"A policy asks the chat client '{key}', but none of that key is registered. Call services.AddKeyedChatClient(\"{key}\", ...).");
}
