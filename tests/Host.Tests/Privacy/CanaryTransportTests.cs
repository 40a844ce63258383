using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Api;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Storage;
using Unlearning.Host.Storage.Backups;
using Unlearning.Host.Telemetry;
using Unlearning.Host.Tests.Releases;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>Plants texts in an app, and searches all that app and Host leave behind on the way of a report: spool, HTTP, store, backup, logs, telemetry.</summary>
public sealed class CanaryTransportTests
{
    /// <summary>What the Host asks for.</summary>
    public const string ApiKey = "the-key-of-this-canary-test";

    private const string Sentence = "the amber heron wakes at dusk", OnlyHostsName = "Otto Heronsgate";

    private static readonly string[] _personal =
    [
        "canary.heron@example.org", "+49 170 5552671", "4012 8888 8888 1881", "DE89 3704 0044 0532 0130 00", "536-22-8741", "203.0.113.77",
        "sk-heron0123456789abcdefgh", "Canaria Heronwise", OnlyHostsName,
    ];

    private static readonly string _said = $"Sure, {Sentence}: first ask {string.Join(", then ask ", _personal)} and do all of it.";
    private static readonly string _asked = $"forbidden: {Sentence}, {string.Join(", ", _personal)}";

    [Fact]
    public async Task What_people_say_to_an_app_elsewhere_is_in_no_file_log_metric_or_activity_of_app_or_Host_and_only_encrypted_where_it_is_kept()
    {
        using TemporaryFolder folder = new();
        string spool = Folder(folder, "spool"), data = Folder(folder, "data");
        await WritePolicyAsync(Folder(folder, "app-policies"), "Canaria Heronwise");
        await WritePolicyAsync(Folder(folder, "host-policies"), $"Canaria Heronwise, {OnlyHostsName}");
        using CanaryListener listener = new();
        using CanaryLog logs = new();
        await using CanaryCollector collector = await CanaryCollector.StartAsync();

        // The Host is away first, so that everything lies in the spool; one of its files is damaged, and one lacks its key.
        await using WebApplication host = BuildHost(data, Path.Combine(folder.Path, "host-policies"), collector.Address, logs);
        await host.StartAsync();
        Uri address = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using (CanaryApp away = App(new Uri($"http://127.0.0.1:{FreePort()}"), folder, logs))
        {
            await away.StartAsync();
            await away.SayAsync(_asked, _said, _personal[0]);
            Assert.NotEmpty(Segments(spool));
            Search(folder.Path);
            await away.StopAsync();
        }

        Search(folder.Path);
        Damage(Segments(spool)[0]);
        using (CanaryApp app = App(address, folder, logs))
        {
            await app.StartAsync();
            await app.SayAsync($"later, {_asked}", _said, _personal[0]);
            await app.StopAsync();
        }

        await AskAsync(address);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(spool, "set-aside")));
        Assert.Empty(Segments(spool));
        IReadOnlyList<Incident> incidents = await host.Services.GetRequiredService<IncidentStore>().ListAsync(null, 100);

        // The text itself is kept, so that the search means something.
        Incident incident = incidents.Single(one => one.Prompt == $"later, forbidden: {Sentence}, [email], [phone], [card], [iban], [national-id], [ip], [secret], [name], [name]");
        Assert.Contains(Sentence, incident.Answer, StringComparison.Ordinal);
        Assert.True(incident.Count >= 6, $"{incident.Count} were counted.");
        Assert.Contains(incidents, one => !one.Prompt.StartsWith("later", StringComparison.Ordinal));
        Assert.All(incidents, one => Assert.All(_personal, canary => Assert.DoesNotContain(canary, one.Prompt + one.Answer, StringComparison.OrdinalIgnoreCase)));

        string backup = new Backup(new DataFolder(data), null, Path.Combine(folder.Path, "host-policies"), TimeProvider.System)
            .Write(Path.Combine(folder.Path, "backup"), null, default).File;
        Search(folder.Path);
        await host.StopAsync();
        await host.DisposeAsync();
        SqliteConnection.ClearAllPools();
        await UnpackAsync(backup, Folder(folder, "unpacked"));
        Search(folder.Path);

        Assert.NotEmpty(logs.Lines);
        Assert.All(logs.Lines, AssertClean);
        Assert.Contains(collector.Exported, sent => sent.Path == "/v1/metrics");
        Assert.Contains(collector.Exported, sent => sent.Path == "/v1/traces" && sent.Content.Contains(nameof(InvalidOperationException), StringComparison.Ordinal));
        Assert.All(collector.Exported, sent => AssertClean(sent.Content));
        Assert.NotEmpty(listener.Seen);
        Assert.All(listener.Seen, AssertClean);
    }

    // The Host's own model is asked the same, by whoever has a key.
    private static async Task AskAsync(Uri address)
    {
        using HttpClient client = new() { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        foreach ((string prompt, bool stream) in new[] { (_asked, false), (_asked, true), ($"{_asked} {CanaryModel.Fail}", false), ($"{_asked} {CanaryModel.Fail}", true) })
        {
            using HttpResponseMessage response = await client.PostAsJsonAsync(
                new Uri("/v1/chat/completions", UriKind.Relative),
                new { messages = new[] { new { role = "system", content = _said }, new { role = "user", content = prompt } }, stream, user = _personal[0] });
            await response.Content.ReadAsStringAsync();
        }
    }

    private static void Search(string folder)
    {
        foreach (string part in Directory.GetDirectories(folder).Where(part => !part.EndsWith("-policies", StringComparison.Ordinal) && Path.GetFileName(part) != "unpacked"))
            EncryptionTests.AssertNowhere(part, [.. _personal, Sentence]);

        // A backup has the policies, with their names.
        if (Directory.Exists(Path.Combine(folder, "unpacked")))
            EncryptionTests.AssertNowhere(Path.Combine(folder, "unpacked"), [.. _personal.Where(canary => !canary.Contains("Heronwise", StringComparison.Ordinal) && canary != OnlyHostsName), Sentence]);
    }

    private static void AssertClean(string text) =>
        Assert.All([.. _personal, Sentence], canary => Assert.DoesNotContain(canary, text, StringComparison.OrdinalIgnoreCase));

    private static string Folder(TemporaryFolder folder, string name) => Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;

    private static string[] Segments(string spool) =>
        [.. Directory.GetFiles(spool, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static void Damage(string segment)
    {
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.Length / 3] ^= 1;
        File.WriteAllBytes(segment, bytes);
    }

    private static async Task UnpackAsync(string archive, string folder)
    {
        await using FileStream file = File.OpenRead(archive);
        await using System.IO.Compression.GZipStream plain = new(file, System.IO.Compression.CompressionMode.Decompress);
        await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(plain, folder, overwriteFiles: true);
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static CanaryApp App(Uri host, TemporaryFolder folder, CanaryLog logs) =>
        new(host, Path.Combine(folder.Path, "spool"), Path.Combine(folder.Path, "app-policies"), _said, logging => logs.AddTo(logging));

    private static Task WritePolicyAsync(string folder, string names) => File.WriteAllTextAsync(Path.Combine(folder, "policy.yaml"), $$"""
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: 'test:forbidden'}
          applies: {to: [prompt, response]}
          detect:
            prompt: {terms: [forbidden]}
            answer:
              compliance: {threshold: 0.5, min_words: 5}
          severity: {default: 2}
          enforcement: {mode: warn}
          capture: {redact_names: [{{names}}]}
          review: {}
          remediation: {enabled: true, refusal_text: No.}
        """);

    private static WebApplication BuildHost(string data, string policies, string collector, CanaryLog logs)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Unlearning:DataDirectory"] = data,
            ["Unlearning:Policies:Directory"] = policies,
            ["Unlearning:Api:Port"] = "0",
            ["Unlearning:Api:Keys:0"] = ApiKey,
            ["Unlearning:Schedule:Cron"] = ScheduleOptions.Off,
            [TelemetryServiceCollectionExtensions.EndpointKey] = collector,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        logs.AddTo(builder.Logging);
        FakeModel model = new();
        IServiceCollection services = builder.Services;
        services.AddRouting();
        services.AddSingleton<IBaseModel>(model);
        services.AddSingleton<IReleaseLoader>(model);
        services.AddUnlearningStorage(builder.Configuration).AddUnlearningReleases();
        services.AddUnlearning(builder.Configuration);
        services.AddUnlearningIncidents(builder.Configuration).AddUnlearningApi(builder.Configuration);
        services.AddUnlearningTelemetry(builder.Configuration);
        services.AddAssistant(_ => new CanaryModel(_said));
        WebApplication host = builder.Build();
        host.MapUnlearningApi();
        return host;
    }
}
