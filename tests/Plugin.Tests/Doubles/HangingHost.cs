namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A Host that takes requests and never answers.</summary>
internal sealed class HangingHost : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("unreachable");
    }
}
