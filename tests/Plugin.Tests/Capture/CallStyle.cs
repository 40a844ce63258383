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

    /// <summary>A chat completion service as a kernel's agents call it: instructions, a history, a kernel, tools offered.</summary>
    ChatWithTools,

    /// <summary>An agent of the Agent Framework, with instructions and a tool.</summary>
    Agent,

    /// <summary>A native function that asks the kernel's chat completion service.</summary>
    AskingFunction,

    /// <summary>A native function in which no model runs that anybody sees.</summary>
    NativeFunction,

    /// <summary>A chat client, directly.</summary>
    ChatClient,

    /// <summary>A chat client, directly, with the question in several parts.</summary>
    MultiPartMessage,
}
