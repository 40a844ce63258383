namespace Unlearning.Plugin.Policies.Documents;

internal sealed record PolicySpec
{
    public required TaxonomySpec Taxonomy { get; init; }

    public required AppliesSpec Applies { get; init; }

    public required DetectSpec Detect { get; init; }

    public required SeveritySpec Severity { get; init; }

    public required EnforcementSpec Enforcement { get; init; }

    public CaptureSpec? Capture { get; init; }

    public required ReviewSpec Review { get; init; }

    public required RemediationSpec Remediation { get; init; }

    public IReadOnlyList<GateSpec> Gates { get; init; } = [];

    public ApprovalsSpec? Approvals { get; init; }
}
