namespace Unlearning.Host.Releases;

/// <summary>A release cannot be kept, trusted or served.</summary>
/// <param name="subject">The release or file in question.</param>
/// <param name="what">What is wrong with it, without a full stop.</param>
/// <param name="fix">What to do, without a full stop.</param>
public sealed class ReleaseException(string subject, string what, string fix) : Exception($"{subject}: {what}. {fix}.");
