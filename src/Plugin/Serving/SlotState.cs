namespace Unlearning.Plugin.Serving;

/// <summary>What a slot serves at a moment; a change is another state, put in its place at once.</summary>
/// <param name="Live">Serves every conversation that the canary does not.</param>
/// <param name="Canary">Serves a share of the conversations; null for none.</param>
/// <param name="Share">Which share, from 0 to 1.</param>
internal sealed record SlotState(ModelGeneration Live, ModelGeneration? Canary = null, double Share = 0);
