using System.Xml.Linq;
using Unlearning.Host.Api;
using Unlearning.Host.Cli.Doctor;

namespace Unlearning.Host.Tests.Docs;

/// <summary>What can be known of the container file without a program that builds containers.</summary>
public sealed class ContainerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(HomeFolder.Find(), "Containerfile"));

    [Fact]
    public void It_publishes_a_project_of_this_repository_and_starts_what_that_makes()
    {
        string project = Line("RUN dotnet publish ").Split(' ')[0];
        string file = Assert.Single(Directory.GetFiles(Path.Combine(HomeFolder.Find(), project), "*.csproj"));
        string made = $"{Path.GetFileNameWithoutExtension(file)}.dll";
        Assert.Equal($"[\"dotnet\", \"{made}\"]", Line("ENTRYPOINT "));
        Assert.Contains($"CMD [\"dotnet\", \"{made}\", \"health\"]", Line("HEALTHCHECK "), StringComparison.Ordinal);
        Assert.Empty(HealthCommand.Create().Parse("").Errors);
    }

    [Fact]
    public void All_that_the_program_reads_beside_itself_is_published_with_it()
    {
        XElement project = XDocument.Load(Path.Combine(HomeFolder.Find(), "src", "Host", "Unlearning.Host.csproj")).Root!;
        string[] carried = [.. project.Descendants("None").Where(item => (string?)item.Attribute("CopyToPublishDirectory") is not null).Select(item => (string)item.Attribute("Include")!)];
        Assert.Equal(["../../appsettings.json", "../../policies/**", "../../recipes/**", "../../models/**"], carried);
        Assert.All(carried, path => Assert.True(Path.Exists(Path.Combine(HomeFolder.Find(), path["../../".Length..].TrimEnd('*', '/'))), path));
    }

    [Fact]
    public void The_data_is_in_the_volume_and_the_service_asks_for_a_key_there()
    {
        string volume = Line("VOLUME ");
        Assert.StartsWith($"{volume}/", Line("ENV Unlearning__DataDirectory="), StringComparison.Ordinal);
        Assert.False(System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(Line("ENV Unlearning__Api__Address="))));
        Assert.Equal($"{new ApiOptions().Port}", Line("EXPOSE "));
        Assert.Equal("$APP_UID", Line("USER "));
    }

    [Fact]
    public void The_volume_is_the_users_before_it_is_declared_and_the_stop_signal_is_the_one_that_the_service_hears()
    {
        string volume = Line("VOLUME ");
        int owned = Array.FindIndex(Lines, line => line.StartsWith("RUN mkdir", StringComparison.Ordinal) && line.EndsWith($"chown $APP_UID {volume}", StringComparison.Ordinal));
        Assert.InRange(owned, 0, Array.FindIndex(Lines, line => line.StartsWith("USER ", StringComparison.Ordinal)) - 1);
        Assert.Equal("SIGTERM", Line("STOPSIGNAL "));

        // The image's own port would be none of ours; and without docker's format podman drops the health check.
        Assert.Equal("", Line("ENV ASPNETCORE_HTTP_PORTS="));
        Assert.Contains("    podman build --format docker -t unlearning .", File.ReadLines(Path.Combine(HomeFolder.Find(), "docs", "operations.md")));
    }

    [Fact]
    public void Native_libraries_of_other_platforms_are_carried_nowhere()
    {
        string own = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        string[] carried = [.. Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "runtimes"))
            .Where(folder => Directory.Exists(Path.Combine(folder, "native"))).Select(folder => Path.GetFileName(folder)!)];
        Assert.Contains(own, carried);
        Assert.All(carried, platform => Assert.Contains(platform, (string[])[own, own.Split('-')[0], "unix", "any"]));
    }

    [Fact]
    public void What_a_service_leaves_beside_the_repositorys_files_gets_into_no_image()
    {
        string[] left = [.. Entries(".gitignore").Where(entry => entry.StartsWith('/')).Select(entry => entry.Trim('/'))];
        Assert.All(["data", "backups", "data.before-restore-*", "policies.previous"], entry => Assert.Contains(entry, left));
        string[] ignored = [.. Entries(".dockerignore")];
        Assert.All(left, entry => Assert.Contains(entry, ignored));
        Assert.DoesNotContain(ignored, entry => entry.StartsWith('!'));
    }

    private static IEnumerable<string> Entries(string file) => File.ReadLines(Path.Combine(HomeFolder.Find(), file))
        .Where(line => line.Length > 0 && line[0] is not '#');

    private static string Line(string start) => Assert.Single(Lines, line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
}
