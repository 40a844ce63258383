using System.Security.Claims;

namespace Unlearning.Host.Identity;

/// <summary>An actor as the identity of a request.</summary>
public sealed class ActorIdentity(Actor actor) : ClaimsIdentity([new Claim(ClaimTypes.Name, actor.Name)], AccessKeyAuthentication.Scheme)
{
    /// <summary>The actor.</summary>
    public Actor Who => actor;

    /// <summary>Who makes a request.</summary>
    /// <exception cref="InvalidOperationException">Nobody was authenticated: the endpoint asks for no permission.</exception>
    public static Actor Of(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return (http.User.Identity as ActorIdentity)?.Who
            ?? throw new InvalidOperationException("The endpoint asks for no permission, so nobody was authenticated.");
    }
}
