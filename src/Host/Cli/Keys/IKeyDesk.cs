using Unlearning.Host.Api.Management.Keys;

namespace Unlearning.Host.Cli.Keys;

/// <summary>What the <c>keys</c> verbs do, on the data folder or through the service.</summary>
internal interface IKeyDesk : IAsyncDisposable
{
    Task<CreatedKey> CreateAsync(CreateKey wish, CancellationToken cancellationToken);

    Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellationToken);

    Task<KeyView> RevokeAsync(string id, CancellationToken cancellationToken);
}
