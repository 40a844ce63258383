namespace Unlearning.Engine.Objectives;

/// <summary>
/// A scalar loss over answers, either of single tokens (<see cref="ITokenObjective"/>) or of whole answers (<see cref="ISequenceObjective"/>).
/// Its settings are its constructor's parameters, which all have defaults.
/// </summary>
public interface IObjective
{
    /// <summary>The name in configuration and manifests.</summary>
    string Name { get; }

    /// <summary>Whether the loss compares with the frozen model.</summary>
    bool NeedsReference { get; }
}
