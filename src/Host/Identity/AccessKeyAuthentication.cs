using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Unlearning.Host.Api;

namespace Unlearning.Host.Identity;

/// <summary>Finds out who makes a request: the bearer of a key or, while no key exists at all, whoever reaches the port.</summary>
internal sealed class AccessKeyAuthentication(
    KnownKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "Bearer";

    private const string NoKey = "Send a key of this Host as 'Authorization: Bearer KEY'.";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string authorization = Request.Headers.Authorization.ToString();
        string prefix = Scheme + " ";
        if (authorization.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            Actor? bearer = await keys.FindAsync(authorization[prefix.Length..].Trim(), Context.RequestAborted).ConfigureAwait(false);
            if (bearer is not null)
            {
                return Success(bearer);
            }
        }

        // A page in a browser on this machine reaches the port, too; it says where it is from.
        return !await keys.AnyAsync(Context.RequestAborted).ConfigureAwait(false) && !IsFromAnotherSite()
            ? Success(Actor.Local)
            : AuthenticateResult.NoResult();
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Scheme;
        return RefuseAsync(StatusCodes.Status401Unauthorized, NoKey, "invalid_api_key");
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Permissions needed = Context.GetEndpoint()?.Metadata.GetMetadata<PermissionNeeded>()?.Permission ?? Permissions.None;
        string roles = string.Join(", ", Enum.GetValues<Role>().Where(role => (RolePermissions.Of(role) & needed) == needed).Select(RoleWord.Of));
        string detail = $"Your role is {RoleWord.Of(ActorIdentity.Of(Context).Role)}; this takes one of: {roles}.";
        return RefuseAsync(StatusCodes.Status403Forbidden, detail, "insufficient_permissions");
    }

    private static AuthenticateResult Success(Actor actor) =>
        AuthenticateResult.Success(new AuthenticationTicket(new System.Security.Claims.ClaimsPrincipal(new ActorIdentity(actor)), Scheme));

    private bool IsFromAnotherSite()
    {
        string origin = Request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{Request.Scheme}://{Request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private Task RefuseAsync(int status, string detail, string code) =>
        Context.GetEndpoint()?.Metadata.GetMetadata<OpenAIErrors>() is not null
            ? ApiErrors.WriteAsync(Context, new ApiException(status, detail, null, code))
            : ApiProblem.WriteAsync(Context, status, detail);
}
