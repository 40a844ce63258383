using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management.Keys;

/// <summary><c>/v1/keys</c>: access keys, and who the caller is.</summary>
internal static class KeysEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/whoami", WhoAmI).Needs(Permissions.Ask).WithName("whoAmI").WithSummary("Tells who the caller is");
        RouteGroupBuilder keys = group.MapGroup("/keys").WithTags("keys");
        keys.MapGet("", ListAsync).Needs(Permissions.Administer).WithName("listKeys").WithSummary("Lists all keys, revoked ones too");
        keys.MapPost("", CreateAsync).Needs(Permissions.Administer).WithName("createKey").WithSummary("Makes a key; its secret is told once");
        keys.MapDelete("/{id}", RevokeAsync).Needs(Permissions.Administer).WithName("revokeKey").WithSummary("Revokes a key, at once and for good");
    }

    private static Ok<WhoAmI> WhoAmI(HttpContext http)
    {
        Actor actor = ActorIdentity.Of(http);
        return TypedResults.Ok(new WhoAmI(
            actor.Name,
            actor.Role,
            [.. Enum.GetValues<Permissions>().Where(one => one is not (Permissions.None or Permissions.All) && actor.May(one)).Select(one => $"{one}")]));
    }

    private static async Task<Ok<IReadOnlyList<KeyView>>> ListAsync([FromServices] AccessKeyStore keys, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<KeyView>>(
            [.. (await keys.ListAsync(cancellationToken).ConfigureAwait(false)).Select(KeyView.Of)]);

    private static async Task<Created<CreatedKey>> CreateAsync(
        CreateKey wish, HttpContext http, [FromServices] AccessKeyStore keys, [FromServices] KnownKeys known, CancellationToken cancellationToken)
    {
        (string name, Role role, TimeSpan? lifetime) = wish.Read();
        (AccessKey key, string secret) = await keys.CreateAsync(name, role, lifetime, ActorIdentity.Of(http), cancellationToken).ConfigureAwait(false);
        known.Forget();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/v1/keys/{key.Id}", new CreatedKey(KeyView.Of(key), secret));
    }

    private static async Task<Ok<KeyView>> RevokeAsync(
        string id, HttpContext http, [FromServices] AccessKeyStore keys, [FromServices] KnownKeys known, CancellationToken cancellationToken)
    {
        AccessKey? key = await keys.RevokeAsync(id, ActorIdentity.Of(http), cancellationToken).ConfigureAwait(false);
        known.Forget();
        return key is null
            ? throw ApiException.NotFound($"There is no key '{id}'. List the keys to find the right one.")
            : TypedResults.Ok(KeyView.Of(key));
    }
}
