namespace Unlearning.Plugin.Feedback;

/// <summary>What a person thinks of an answer.</summary>
public enum UserRating
{
    /// <summary>Thumbs down: it is harmful, or wrong.</summary>
    Down,

    /// <summary>Thumbs up: it is right as it is.</summary>
    Up,
}
