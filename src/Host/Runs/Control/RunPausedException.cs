namespace Unlearning.Host.Runs.Control;

/// <summary>The run stopped where it can go on later, because an operator asked for it.</summary>
public sealed class RunPausedException() : Exception("The run is paused.");
