namespace Unlearning.Host.Api.Management.Incidents;

/// <summary>A comment to add.</summary>
/// <param name="Text">The words: 1 to 4,000 characters.</param>
internal sealed record CommentWish(string? Text = null);
