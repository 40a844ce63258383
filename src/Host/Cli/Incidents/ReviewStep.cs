using Unlearning.Host.Incidents.Review.Details;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>Something that a reviewer did and may undo.</summary>
/// <param name="Place">Which incident of the walk.</param>
/// <param name="Before">The incident before it.</param>
/// <param name="Assigned">Whether it was assigned; judged otherwise.</param>
internal sealed record ReviewStep(int Place, IncidentDetails Before, bool Assigned);
