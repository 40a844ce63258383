using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Releases;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Tests.Api.Management;

public sealed class WithoutDatabaseTests
{
    [Fact]
    public async Task An_operator_whose_key_was_known_rolls_back_over_http_and_the_rest_says_that_the_database_does_not_answer()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true, runs: true);
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        AccessKeyStore keys = host.Services.GetRequiredService<AccessKeyStore>();
        await keys.CreateAsync("ada", Role.Admin, null, Actor.Local);
        string secret = (await keys.CreateAsync("otto", Role.Operator, null, Actor.Local)).Secret, viewer = (await keys.CreateAsync("vera", Role.Viewer, null, Actor.Local)).Secret;
        KnownKeys known = host.Services.GetRequiredService<KnownKeys>();
        known.Forget();
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        Release release = await host.Services.GetRequiredService<ReleaseStore>().SaveAsync(
            ReleaseHost.Manifest(), (staging, _) => ReleaseHost.WriteContentAsync(staging, "weights"));
        await host.Services.GetRequiredService<Promoter>().PromoteAsync(release.Id, "passed");
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(new Uri("/v1/runs", UriKind.Relative))).StatusCode);

        string database = new SqliteConnectionStringBuilder(host.Services.GetRequiredService<DataFolder>().UnlearningConnectionString).DataSource;
        SqliteConnection.ClearAllPools();
        File.Delete($"{database}-wal");
        File.Delete($"{database}-shm");
        await File.WriteAllTextAsync(database, "this is no database, but long enough to look at its head: " + new string('x', 4096));
        known.Forget();

        using HttpResponseMessage runs = await host.Http.GetAsync(new Uri("/v1/runs", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, runs.StatusCode);
        Assert.Contains("'doctor' says", (await runs.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonElement releases = await host.Http.GetFromJsonAsync<JsonElement>("/v1/releases");
        Assert.Equal(release.Id, releases.GetProperty("live").GetString());

        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await RollBackAsync(host)).StatusCode);
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ulk_nobody-has-this-one");
        Assert.Equal(HttpStatusCode.Unauthorized, (await RollBackAsync(host)).StatusCode);
        Assert.Equal(release.Id, host.Services.GetRequiredService<ModelSlot>().ReleaseId);
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        JsonElement entry = await (await RollBackAsync(host)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("rolledBack", "otto"), (entry.GetProperty("action").GetString(), entry.GetProperty("actor").GetString()));
        Assert.Equal(Release.BaseId, host.Services.GetRequiredService<ModelSlot>().ReleaseId);
    }

    private static Task<HttpResponseMessage> RollBackAsync(ApiHost host) =>
        host.Http.PostAsJsonAsync(new Uri("/v1/releases/rollback", UriKind.Relative), new { reason = "it answers oddly" });
}
