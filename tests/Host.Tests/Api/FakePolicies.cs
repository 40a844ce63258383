using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Tests.Api;

/// <summary>Policies as healthy as the test says.</summary>
internal sealed class FakePolicies : IPolicySource
{
    public PolicySet Current { get; set; } = PolicySet.Empty;

    public bool Healthy => Errors.Count == 0;

    public IReadOnlyList<string> Errors { get; set; } = [];
}
