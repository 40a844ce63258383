namespace Unlearning.Plugin.Tests.Capture;

/// <summary>How capture lies around the model.</summary>
public enum Wiring
{
    /// <summary>A captured chat client in a slot, seen by chat completion callers through a bridge.</summary>
    ChatClient,

    /// <summary>A connector's own chat completion service, decorated.</summary>
    NativeService,

    /// <summary>A captured chat client under a decorated bridge.</summary>
    BothDecorated,

    /// <summary>Everything added twice.</summary>
    AddedTwice,

    /// <summary>A chat client captured inside and again outside of function invocation.</summary>
    CapturedOutsideToo,
}
