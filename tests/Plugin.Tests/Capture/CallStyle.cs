namespace Unlearning.Plugin.Tests.Capture;

/// <summary>The ways an app calls a model.</summary>
public enum CallStyle
{
    /// <summary>A kernel's prompt function.</summary>
    PromptFunction,

    /// <summary>A prompt function in a plugin, called by name.</summary>
    PluginFunction,

    /// <summary>A prompt function whose model calls a kernel function before it answers.</summary>
    AutoFunctionCall,

    /// <summary>A chat completion service, directly.</summary>
    ChatCompletion,

    /// <summary>A chat completion service as chat completion agents call it: instructions, a history, a kernel, tools offered.</summary>
    Agent,

    /// <summary>A chat client, directly.</summary>
    ChatClient,

    /// <summary>A chat client, directly, with the question in several parts.</summary>
    MultiPartMessage,
}
