using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Docs;

public sealed class PolicyReadmeTests
{
    [Fact]
    public void The_whole_policy_that_the_page_shows_loads_and_passes_its_own_tests()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Policies, "README.md")).Replace("\r\n", "\n", StringComparison.Ordinal);
        string yaml = page.Split("```yaml\n").Select(part => part.Split("```")[0]).Single(block => block.Contains("apiVersion", StringComparison.Ordinal));

        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("lock-picking.yaml", yaml);

        Assert.Empty(errors);
        Assert.Equal(2, policy!.Tests.Count);
        Assert.All(policy.Tests, test => Assert.Null(policy.Check(test)));
    }
}
