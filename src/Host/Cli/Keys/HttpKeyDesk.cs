using Unlearning.Host.Api.Management.Keys;
using Unlearning.Host.Cli.Client;

namespace Unlearning.Host.Cli.Keys;

/// <summary>Keys through the service, by an admin's key.</summary>
internal sealed class HttpKeyDesk(ServiceConnection service) : IKeyDesk
{
    public Task<CreatedKey> CreateAsync(CreateKey wish, CancellationToken cancellationToken) =>
        service.PostAsync<CreatedKey>("v1/keys", wish, cancellationToken);

    public Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellationToken) =>
        service.GetAsync<IReadOnlyList<KeyView>>("v1/keys", cancellationToken);

    public Task<KeyView> RevokeAsync(string id, CancellationToken cancellationToken) =>
        service.DeleteAsync<KeyView>($"v1/keys/{Uri.EscapeDataString(id)}", cancellationToken);

    public ValueTask DisposeAsync()
    {
        service.Dispose();
        return ValueTask.CompletedTask;
    }
}
