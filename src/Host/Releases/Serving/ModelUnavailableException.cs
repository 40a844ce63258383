namespace Unlearning.Host.Releases.Serving;

/// <summary>No release serves at the moment.</summary>
/// <param name="message">Why, and what to do.</param>
public sealed class ModelUnavailableException(string message) : InvalidOperationException(message);
