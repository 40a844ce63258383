namespace Unlearning.Host.Api.Management.Policies;

/// <summary>A policy in force.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Hazard">The hazard that its incidents are filed under.</param>
/// <param name="Aliases">The hazard in other taxonomies.</param>
/// <param name="Tests">How many examples its file carries.</param>
public sealed record PolicyView(string Name, string Version, string Hazard, IReadOnlyList<string> Aliases, int Tests);
