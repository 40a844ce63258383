namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>A release, function or model that an incident was seen with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often.</param>
internal sealed record SeenWith(string Name, int Count);
