namespace Unlearning.Host.Api.Management.Incidents;

/// <summary>Whose an incident shall be.</summary>
/// <param name="Assignee">A name, or <c>me</c>; null for nobody's.</param>
internal sealed record AssignWish(string? Assignee = null);
