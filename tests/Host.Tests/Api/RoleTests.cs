using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Tests.Api;

public sealed class RoleTests
{
    [Fact]
    public async Task Every_endpoint_answers_exactly_the_roles_that_have_its_permission()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true, runs: true);
        Dictionary<Role, string> secrets = await KeysAsync(host);
        RouteEndpoint[] endpoints = [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
        Assert.True(endpoints.Length > 10);
        foreach (RouteEndpoint endpoint in endpoints)
        {
            string method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
            string name = $"{method} {endpoint.RoutePattern.RawText}";
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                Assert.Contains(name, (string[])["GET /health/live", "GET /health/ready", "GET /openapi/{documentName}.json"]);
                continue;
            }

            PermissionNeeded? needed = endpoint.Metadata.GetMetadata<PermissionNeeded>();
            Assert.True(needed is not null && needed.Permission != Permissions.None, $"{name} asks for no permission.");
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, method, endpoint.RoutePattern, null));
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, method, endpoint.RoutePattern, "ulk_no-such-key-there-is"));
            foreach ((Role role, string secret) in secrets)
            {
                HttpStatusCode status = await SendAsync(host, method, endpoint.RoutePattern, secret);
                bool allowed = RolePermissions.Of(role).HasFlag(needed.Permission);
                Assert.True(allowed == status is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized), $"{name} answered {role} with {status}.");
                Assert.True(status < HttpStatusCode.InternalServerError, $"{name} answered {role} with {status}.");
            }
        }
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "")]
    [InlineData("DELETE", "/v1/models", 405, "")]
    [InlineData("POST", "/v1/keys", 400, "'role'")]
    [InlineData("GET", "/v1/audit?limit=many", 400, "limit")]
    [InlineData("GET", "/v1/audit?limit=0", 400, "limit is 0")]
    [InlineData("DELETE", "/v1/keys/none", 404, "'none'")]
    public async Task What_cannot_be_answered_is_told_as_problem_details(string method, string path, int status, string named)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new StringContent("""{"name":"jane","role":"king"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Http.SendAsync(request);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, status), ((int)response.StatusCode, problem.GetProperty("status").GetInt32()));
        Assert.Contains(named, problem.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : "", StringComparison.Ordinal);
        Assert.DoesNotContain("king", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kestrel:Endpoints:Open:Url", "http://127.0.0.1:0", "Kestrel:Endpoints")]
    [InlineData("preferHostingUrls", "true", "preferHostingUrls")]
    public async Task Addresses_of_the_servers_own_settings_need_a_key_too(string key, string value, string named)
    {
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => ApiHost.StartAsync(incidents: true, server: (key, value)));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("urls", "http://0.0.0.0:0")]
    [InlineData("http_ports", "0")]
    public async Task Addresses_that_hosting_and_container_images_set_open_nothing(string key, string value)
    {
        // It looks itself that there is one address, and that it is this machine's own.
        await using ApiHost host = await ApiHost.StartAsync(incidents: true, server: (key, value));
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(new Uri("/v1/whoami", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public void Roles_are_no_more_than_what_is_written_down()
    {
        Permissions[] expected =
        [
            Permissions.Ask | Permissions.Report,
            Permissions.Ask | Permissions.Report | Permissions.View,
            Permissions.Ask | Permissions.Report | Permissions.View | Permissions.Review,
            Permissions.Ask | Permissions.Report | Permissions.View | Permissions.Operate,
            Permissions.Ask | Permissions.Report | Permissions.View | Permissions.Approve,
            Permissions.All,
        ];
        Assert.Equal(expected, Enum.GetValues<Role>().Select(RolePermissions.Of));
    }

    [Fact]
    public async Task Until_there_is_a_key_whoever_reaches_the_port_may_do_everything_but_a_page_of_another_site_nothing()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        Assert.Equal("local", (await host.Http.GetFromJsonAsync<JsonElement>("/v1/whoami")).GetProperty("name").GetString());

        using HttpRequestMessage page = new(HttpMethod.Get, "/v1/whoami");
        page.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.SendAsync(page)).StatusCode);

        string secret = (await KeysAsync(host))[Role.Admin];
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.GetAsync(new Uri("/v1/whoami", UriKind.Relative))).StatusCode);
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        Assert.Equal("admin-one", (await host.Http.GetFromJsonAsync<JsonElement>("/v1/whoami")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_revoked_or_expired_key_is_nobodys_and_does_not_open_the_door_again()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        Dictionary<Role, string> secrets = await KeysAsync(host);
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secrets[Role.Admin]);
        JsonElement keys = await host.Http.GetFromJsonAsync<JsonElement>("/v1/keys");
        Assert.DoesNotContain("hash", keys.ToString(), StringComparison.OrdinalIgnoreCase);
        foreach (JsonElement key in keys.EnumerateArray().OrderBy(key => key.GetProperty("role").GetString() == "admin"))
        {
            using HttpResponseMessage revoked = await host.Http.DeleteAsync(new Uri($"/v1/keys/{key.GetProperty("id").GetString()}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        }

        foreach (string? secret in secrets.Values.Append(null))
        {
            host.Http.DefaultRequestHeaders.Authorization = secret is null ? null : new AuthenticationHeaderValue("Bearer", secret);
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.GetAsync(new Uri("/v1/whoami", UriKind.Relative))).StatusCode);
        }
    }

    [Theory]
    [InlineData("""{"name":"jane","role":"viewer"}""", "No admin has a key")]
    [InlineData("""{"name":"local","role":"admin"}""", "none of the service's own")]
    [InlineData("""{"name":"two words","role":"admin"}""", "1 to 64 letters")]
    [InlineData("""{"name":"jane","role":"admin","days":-1}""", "live for some time")]
    [InlineData("""{"name":"jane","role":"admin","days":3651}""", "at most 3650 days")]
    [InlineData("""{"name":"jane","role":"admin","days":1e300}""", "at most 3650 days")]
    [InlineData("""{"name":"jane"}""", "Say which role")]
    public async Task A_wish_for_a_key_that_cannot_be_is_refused_and_changes_nothing(string wish, string why)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        using StringContent body = new(wish, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Http.PostAsync(new Uri("/v1/keys", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(why, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await host.Services.GetRequiredService<AccessKeyStore>().ListAsync());
    }

    [Fact]
    public async Task Making_and_revoking_keys_is_in_the_audit_without_any_secret()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        Dictionary<Role, string> secrets = await KeysAsync(host);
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secrets[Role.Viewer]);

        JsonElement entries = await host.Http.GetFromJsonAsync<JsonElement>("/v1/audit?action=key&limit=100");
        string export = await host.Http.GetStringAsync(new Uri("/v1/audit/export", UriKind.Relative));

        Assert.Equal(secrets.Count, entries.GetArrayLength());
        Assert.Equal("local", entries[secrets.Count - 1].GetProperty("actor").GetString());
        Assert.True((await host.Http.GetFromJsonAsync<JsonElement>("/v1/audit/verify")).GetProperty("isWhole").GetBoolean());
        Assert.Equal(await File.ReadAllTextAsync(host.Services.GetRequiredService<AuditLog>().Path), export);
        Assert.All(secrets.Values, secret => Assert.DoesNotContain(secret, export, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_interface_is_described_for_programs()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        JsonElement document = await host.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        JsonElement create = document.GetProperty("paths").GetProperty("/v1/keys").GetProperty("post");
        Assert.Contains("Administer", create.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.True(create.GetProperty("responses").TryGetProperty("403", out _));
        RouteEndpoint[] endpoints = [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
        Assert.All(
            endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<PermissionNeeded>() is not null),
            endpoint => Assert.True(
                document.GetProperty("paths").TryGetProperty(Path(endpoint.RoutePattern, braces: true), out _), endpoint.RoutePattern.RawText));
    }

    private static async Task<Dictionary<Role, string>> KeysAsync(ApiHost host)
    {
        AccessKeyStore keys = host.Services.GetRequiredService<AccessKeyStore>();
        Actor actor = Actor.Local;
        Dictionary<Role, string> secrets = [];
        foreach (Role role in Enum.GetValues<Role>().Reverse())
        {
            secrets[role] = (await keys.CreateAsync($"{role}-one".ToLowerInvariant(), role, null, actor)).Secret;
        }

        host.Services.GetRequiredService<KnownKeys>().Forget();
        return secrets;
    }

    private static async Task<HttpStatusCode> SendAsync(ApiHost host, string method, RoutePattern pattern, string? secret)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), Path(pattern, braces: false));
        if (method != "GET")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using HttpResponseMessage response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }

    private static string Path(RoutePattern pattern, bool braces) => "/" + string.Join('/', pattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter => braces ? $"{{{parameter.Name}}}" : "no-such-thing",
            _ => throw new NotSupportedException(),
        }))));
}
