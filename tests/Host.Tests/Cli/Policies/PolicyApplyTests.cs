using Microsoft.Extensions.Options;
using Unlearning.Host.Cli.Policies;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Tests.Cli.Policies;

public sealed class PolicyApplyTests : IDisposable
{
    private readonly PolicyCli _cli = new();

    private readonly string _new;

    public PolicyApplyTests()
    {
        WriteOld();
        _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("1.0.0", "1.1.0", StringComparison.Ordinal));
        _new = _cli.Write("new", "c.yaml", PolicyCli.Example.Replace("name: locks", "name: windows", StringComparison.Ordinal));
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_set_is_in_force_whole_and_what_is_no_policy_stays()
    {
        await File.WriteAllTextAsync(Path.Combine(_cli.In("live"), "README.md"), "kept");

        Assert.Equal(0, await _cli.RunAsync("apply", _new));

        string live = _cli.In("live");
        Assert.Equal(["a.yaml", "c.yaml"], PolicyNames(live));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_new, "a.yaml")), await File.ReadAllTextAsync(Path.Combine(live, "a.yaml")));
        Assert.True(File.Exists(Path.Combine(live, "README.md")));
        Assert.Empty(Directory.GetDirectories(live));
        Assert.Contains($"-> {Revision(_new)}\n", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("changed  locks 1.0.0 -> 1.1.0\nadded    windows 1.0.0", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Previous_brings_the_set_before_back_and_again_undoes_that()
    {
        string old = Revision(_cli.In("live"));
        Assert.Equal(0, await _cli.RunAsync("apply", _new));
        Assert.Equal(0, await _cli.RunAsync("apply", "--previous"));
        Assert.Equal(old, Revision(_cli.In("live")));
        Assert.Equal(0, await _cli.RunAsync("apply", "--previous"));
        Assert.Equal(Revision(_new), Revision(_cli.In("live")));
    }

    [Fact]
    public async Task The_same_revision_is_nothing_to_do()
    {
        Assert.Equal(0, await _cli.RunAsync("apply", _new));
        Dictionary<string, DateTime> before = Times();
        Assert.Equal(0, await _cli.RunAsync("apply", _new));
        Assert.Contains("already; nothing to do", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(before, Times());

        Dictionary<string, DateTime> Times() => Directory.GetFiles(_cli.In("live")).ToDictionary(path => path, File.GetLastWriteTimeUtc);
    }

    [Fact]
    public async Task Dry_tells_and_does_nothing()
    {
        string old = Revision(_cli.In("live"));
        Assert.Equal(0, await _cli.RunAsync("apply", _new, "--dry"));
        Assert.Contains("(not applied)", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(old, Revision(_cli.In("live")));
        Assert.False(Directory.Exists(_cli.In("live.previous")));
    }

    [Theory]
    [InlineData("kind: Policy", "kind: Rule", "a.yaml:2:7: ")]
    [InlineData("prompt: true, severity: 2", "prompt: true, severity: 4", "'A request matches': severity should be 4 but is 2.")]
    public async Task What_fails_its_checks_or_its_tests_is_refused(string right, string wrong, string because)
    {
        string old = Revision(_cli.In("live"));
        _cli.Write("new", "a.yaml", PolicyCli.Example.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal(1, await _cli.RunAsync("apply", _new));
        Assert.Contains(because, _cli.Errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", _cli.Errors, StringComparison.Ordinal);
        Assert.Equal(old, Revision(_cli.In("live")));
    }

    [Fact]
    public async Task What_cannot_be_applied_is_said()
    {
        Assert.Equal(1, await _cli.RunAsync("apply", "--previous"));
        Assert.Contains("No other set was in force before", _cli.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("apply", _cli.In("live")));
        Assert.Contains("is the policy folder itself", _cli.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("apply"));
        Assert.Contains("Name the folder to apply, or say --previous.", _cli.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("apply", _new, "--previous"));
    }

    [Fact]
    public async Task Two_applies_at_once_are_one_after_the_other_or_refused()
    {
        string other = _cli.Write("other", "z.yaml", PolicyCli.Example);
        Exception? refused = null;
        new PolicySwap(_cli.In("live"), _cli.Clock, step =>
        {
            if (step == "staged")
                refused ??= Record.Exception(() => new PolicySwap(_cli.In("live"), _cli.Clock).Apply(PolicyFolder.Read(other)));
        }).Apply(PolicyFolder.Read(_new));
        Assert.Contains("Another apply", Assert.IsType<IOException>(refused).Message, StringComparison.Ordinal);
        Assert.Equal(Revision(_new), Revision(_cli.In("live")));
        Assert.Equal(0, await _cli.RunAsync("apply", other));
    }

    [Fact]
    public void A_kill_after_any_step_leaves_the_old_or_the_new_set_whole_and_the_next_apply_finishes()
    {
        string old = Revision(_cli.In("live")), @new = Revision(_new);
        List<string> seen = [];
        int steps = 0;
        for (int killAt = 1; ; killAt++)
        {
            Reset();
            steps = 0;
            try
            {
                new PolicySwap(_cli.In("live"), _cli.Clock, _ =>
                {
                    if (++steps == killAt)
                        throw new KilledException();
                }).Apply(PolicyFolder.Read(_new));
                break;
            }
            catch (KilledException)
            {
                seen.Add(ServiceReads());
                Assert.Contains(seen[^1], (string[])[old, @new]);
                // Once the new set has been in force the old one does not come back.
                Assert.True(seen.IndexOf(@new) < 0 || seen[^1] == @new, $"step {killAt}");
                new PolicySwap(_cli.In("live"), _cli.Clock).Apply(PolicyFolder.Read(_new));
                AssertClean(@new);
                string previous = new PreviousSets(_cli.In("live")).Newest(@new)!;
                Assert.Equal(old, Revision(previous));
            }
        }

        Assert.InRange(steps, 15, 100);
        Assert.Contains(old, seen);
        Assert.Contains(@new, seen);
    }

    [Fact]
    public async Task An_interrupted_apply_is_told_by_lint_until_the_next_one_has_finished_it()
    {
        Assert.Throws<KilledException>(() => new PolicySwap(
            _cli.In("live"), _cli.Clock, step => _ = step == "staged" ? throw new KilledException() : 0).Apply(PolicyFolder.Read(_new)));
        await _cli.RunAsync("lint");
        Assert.Contains($"{_cli.In("live")}/.applied:1:1: warning: An apply was interrupted", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _cli.RunAsync("apply", _new));
        await _cli.RunAsync("lint");
        Assert.DoesNotContain("interrupted", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kill_during_the_repair_is_repaired_by_the_next_apply()
    {
        string @new = Revision(_new);
        int steps;
        for (int killAt = 1; ; killAt++)
        {
            Reset();
            Assert.Throws<KilledException>(() => new PolicySwap(
                _cli.In("live"), _cli.Clock, step => _ = step == "staged" ? throw new KilledException() : 0).Apply(PolicyFolder.Read(_new)));
            steps = 0;
            try
            {
                new PolicySwap(_cli.In("live"), _cli.Clock, _ =>
                {
                    if (++steps == killAt)
                        throw new KilledException();
                }).Apply(PolicyFolder.Read(_new));
                break;
            }
            catch (KilledException)
            {
                Assert.Equal(@new, ServiceReads());
                new PolicySwap(_cli.In("live"), _cli.Clock).Apply(PolicyFolder.Read(_new));
                AssertClean(@new);
            }
        }

        Assert.InRange(steps, 5, 100);
    }

    [Fact]
    public async Task A_reader_beside_applies_never_sees_half_a_set()
    {
        string @new = Revision(_new), old = Revision(_cli.In("live"));
        WriteOld("old");
        using CancellationTokenSource stop = new();
        Task<HashSet<string>> reading = Task.Run(() =>
        {
            HashSet<string> revisions = [];
            while (!stop.IsCancellationRequested)
                revisions.Add(Revision(_cli.In("live")));
            return revisions;
        });
        for (int i = 0; i < 40; i++)
            new PolicySwap(_cli.In("live"), _cli.Clock).Apply(PolicyFolder.Read(i % 2 == 0 ? _new : _cli.In("old")));
        await stop.CancelAsync();
        Assert.Subset(new HashSet<string> { old, @new }, await reading);
    }

    private static string Revision(string folder) => PolicyFolder.Read(folder).Revision;

    private static string[] PolicyNames(string folder) => [.. PolicyFolder.Read(folder).Files.Select(file => file.Name)];

    private string ServiceReads()
    {
        using FolderPolicySource service = new(Options.Create(new PolicyOptions { Directory = _cli.In("live") }), TimeProvider.System);
        Assert.True(service.Healthy, string.Join('\n', service.Errors));
        return service.Current.Revision;
    }

    private void AssertClean(string revision)
    {
        Assert.Equal(revision, ServiceReads());
        Assert.Equal(["a.yaml", "c.yaml"], Directory.GetFiles(_cli.In("live"), "*.yaml").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetDirectories(_cli.In("live")));
        Assert.DoesNotContain(Directory.GetDirectories(_cli.In("live.previous")), folder => Path.GetFileName(folder).StartsWith('.'));
    }

    private void Reset()
    {
        foreach (string folder in (string[])["live", "live.previous"])
        {
            if (Directory.Exists(_cli.In(folder)))
                Directory.Delete(_cli.In(folder), recursive: true);
        }

        WriteOld();
    }

    private void WriteOld(string folder = "live")
    {
        _cli.Write(folder, "a.yaml", PolicyCli.Example);
        _cli.Write(folder, "b.yml", PolicyCli.Example.Replace("name: locks", "name: doors", StringComparison.Ordinal));
    }

    // Nothing in the code under test catches it, so no clean-up runs that a kill would not let run.
    private sealed class KilledException : Exception;
}
