using Unlearning.Host.Api.Management.Keys;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Cli.Keys;

/// <summary>Keys in the data folder, by whoever may write it; beside the service or without it.</summary>
internal sealed class StoredKeyDesk : IKeyDesk
{
    private readonly ServiceProvider _services;
    private readonly AccessKeyStore _keys;

    private StoredKeyDesk(ServiceProvider services)
    {
        _services = services;
        _keys = services.GetRequiredService<AccessKeyStore>();
    }

    /// <summary>Opens the configured store, which the first key may even create.</summary>
    public static async Task<StoredKeyDesk> OpenAsync(IReadOnlyDictionary<string, string?>? overrides, bool create, CancellationToken cancellationToken) =>
        new(create
            ? await StoredData.OpenOrCreateAsync(overrides, cancellationToken).ConfigureAwait(false)
            : await StoredData.OpenAsync(overrides, cancellationToken).ConfigureAwait(false));

    public async Task<CreatedKey> CreateAsync(CreateKey wish, CancellationToken cancellationToken)
    {
        (string name, Role role, TimeSpan? lifetime) = wish.Read();
        (AccessKey key, string secret) = await _keys.CreateAsync(name, role, lifetime, Actor.System, cancellationToken).ConfigureAwait(false);
        return new CreatedKey(KeyView.Of(key), secret);
    }

    public async Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _keys.ListAsync(cancellationToken).ConfigureAwait(false)).Select(KeyView.Of)];

    public async Task<KeyView> RevokeAsync(string id, CancellationToken cancellationToken) =>
        KeyView.Of(await _keys.RevokeAsync(id, Actor.System, cancellationToken).ConfigureAwait(false)
            ?? throw new ArgumentException($"There is no key '{id}'. List the keys to find the right one."));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
