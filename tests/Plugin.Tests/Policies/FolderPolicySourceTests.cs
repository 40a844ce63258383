using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class FolderPolicySourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policies-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<FolderPolicySource> _logger = new();

    public FolderPolicySourceTests() => Write("a.yaml", TestPolicies.Yaml);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_broken_edit_keeps_the_last_good_version_and_is_reported()
    {
        using FolderPolicySource source = Open();
        PolicySet good = source.Current;
        Assert.True(source.Healthy);

        Write("a.yaml", TestPolicies.Yaml.Replace("severity:", "severty:"));
        Assert.False(source.Reload());

        Assert.Same(good, source.Current);
        Assert.False(source.Healthy);
        Assert.Contains("a.yaml:14:3: Unknown key 'severty'. Did you mean 'severity'?", source.Errors);
        Assert.Contains(_logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Error && record.Message.Contains("severty"));
    }

    [Fact]
    public void A_corrected_edit_takes_effect_with_a_new_revision()
    {
        using FolderPolicySource source = Open();
        string before = source.Current.Revision;
        Write("a.yaml", "broken: [");
        source.Reload();

        Write("a.yaml", TestPolicies.Yaml.Replace("[forbidden]", "[forbidden, unwanted]"));
        Assert.True(source.Reload());

        Assert.Empty(source.Errors);
        Assert.NotEqual(before, source.Current.Revision);
        Assert.Single(source.Current.Judge("an unwanted thing", ""));
    }

    [Fact]
    public void Files_take_effect_together_or_not_at_all()
    {
        using FolderPolicySource source = Open();

        Write("b.yaml", TestPolicies.Yaml.Replace("forbidden-things", "other-things"));
        Write("c.yaml", "broken: [");
        source.Reload();
        Assert.Single(source.Current.Policies);

        File.Delete(Path.Combine(_folder, "c.yaml"));
        source.Reload();
        Assert.Equal(["forbidden-things", "other-things"], source.Current.Policies.Select(policy => policy.Name));
    }

    [Fact]
    public void A_broken_file_at_the_start_leaves_the_others_in_force_but_unhealthy()
    {
        Write("b.yaml", "broken: [");

        using FolderPolicySource source = Open();

        Assert.False(source.Healthy);
        Assert.Single(source.Current.Judge("the forbidden thing", ""));
    }

    [Fact]
    public void Two_policies_of_one_name_are_an_error()
    {
        Write("b.yaml", TestPolicies.Yaml);

        using FolderPolicySource source = Open();

        Assert.Equal(
            "b.yaml:1:1: The policy 'forbidden-things' is already in a.yaml. Give one of them another metadata.name.",
            Assert.Single(source.Errors));
    }

    [Fact]
    public void The_revision_depends_on_the_contents_alone()
    {
        using FolderPolicySource one = Open(), other = Open();
        Assert.Equal(one.Current.Revision, other.Current.Revision);

        Write("a.yaml", TestPolicies.Yaml + "\n# a comment");
        Assert.True(other.Reload());

        Assert.NotEqual(one.Current.Revision, other.Current.Revision);
    }

    [Fact]
    public void A_file_that_has_not_changed_is_not_compiled_again()
    {
        using FolderPolicySource source = Open();
        Policy before = Assert.Single(source.Current.Policies);

        Write("b.yaml", TestPolicies.Yaml.Replace("forbidden-things", "other-things"));
        source.Reload();

        Assert.Same(before, source.Current.Policies[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_without_policies_is_an_error_that_says_where_to_put_them(bool exists)
    {
        string folder = Path.Combine(_folder, "elsewhere");
        if (exists)
        {
            Directory.CreateDirectory(folder);
        }

        using FolderPolicySource source = Open(folder);

        Assert.False(source.Healthy);
        Assert.Empty(source.Current.Policies);
        Assert.Contains("Unlearning:Policies:Directory", Assert.Single(source.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_that_nothing_reported_is_seen_at_the_next_rescan()
    {
        string late = Path.Combine(_folder, "late");
        using FolderPolicySource source = Open(late);
        Assert.False(source.Healthy);

        Directory.CreateDirectory(late);
        File.WriteAllText(Path.Combine(late, "a.yaml"), TestPolicies.Yaml);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(source.Healthy);
        Assert.Single(source.Current.Policies);
    }

    [Fact]
    public async Task An_edit_is_seen_when_the_editor_has_been_quiet()
    {
        PolicyOptions options = new() { Directory = _folder, RescanInterval = TimeSpan.FromHours(1) };
        using FolderPolicySource source = new(Options.Create(options), TimeProvider.System);
        string before = source.Current.Revision;

        Write("a.yaml", TestPolicies.Yaml.Replace("[forbidden]", "[unwanted]"));

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (source.Current.Revision == before)
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.True(source.Healthy);
    }

    private FolderPolicySource Open(string? folder = null) =>
        new(Options.Create(new PolicyOptions { Directory = folder ?? _folder }), _time, _logger);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
