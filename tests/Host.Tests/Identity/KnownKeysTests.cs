using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Api;
using Unlearning.Host.Identity;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Identity;

public sealed class KnownKeysTests
{
    [Fact]
    public async Task A_key_that_is_revoked_while_the_keys_are_read_is_nobodys_at_the_next_question()
    {
        using TemporaryFolder folder = new();
        HeldRead held = new();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(new DataFolder(folder.Path))
            .AddUnlearningStorage(new ConfigurationBuilder().Build())
            .ConfigureDbContext<UnlearningDbContext>(options => options.AddInterceptors(held))
            .BuildServiceProvider();
        await using (UnlearningDbContext db = await services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync())
            await db.Database.MigrateAsync();
        AccessKeyStore store = services.GetRequiredService<AccessKeyStore>();
        (AccessKey key, string secret) = await store.CreateAsync("ada", Role.Admin, null, Actor.Local);
        using KnownKeys known = new(Options.Create(new ApiOptions()), clock, NullLogger<KnownKeys>.Instance, store);

        // The rows are read, as they were, but not yet known.
        Task reading = held.HoldNext();
        Task<Actor?> before = known.FindAsync(secret, CancellationToken.None);
        await reading;
        await store.RevokeAsync(key.Id, Actor.Local);
        known.Forget();
        held.Release();

        Assert.Equal("ada", (await before)!.Name);
        Assert.Null(await known.FindAsync(secret, CancellationToken.None));
    }

    /// <summary>Holds one reader of the database after its last row.</summary>
    private sealed class HeldRead : DbCommandInterceptor
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _armed;

        public Task HoldNext()
        {
            Volatile.Write(ref _armed, 1);
            return _reached.Task;
        }

        public void Release() => _released.SetResult();

        public override async ValueTask<InterceptionResult> DataReaderClosingAsync(
            DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result)
        {
            if (Interlocked.Exchange(ref _armed, 0) == 1)
            {
                _reached.SetResult();
                await _released.Task;
            }

            return result;
        }
    }
}
