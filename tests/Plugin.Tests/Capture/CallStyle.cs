namespace Unlearning.Plugin.Tests.Capture;

/// <summary>The ways an app calls a model.</summary>
public enum CallStyle
{
    /// <summary>A kernel's prompt function.</summary>
    PromptFunction,

    /// <summary>A chat completion service, directly.</summary>
    ChatCompletion,

    /// <summary>A chat client, directly.</summary>
    ChatClient,
}
