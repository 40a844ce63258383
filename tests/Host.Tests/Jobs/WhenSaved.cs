using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Jobs;

/// <summary>Does something once, at the moment at which a row of a kind is saved and not yet committed.</summary>
internal sealed class WhenSaved : SaveChangesInterceptor
{
    private Func<DbContext, Task?>? _once;

    public void AddTo(IServiceCollection services) => services.ConfigureDbContext<UnlearningDbContext>(options => options.AddInterceptors(this));

    public void On<T>(Func<T, bool> which, Func<T, Task> what)
        where T : class =>
        _once = db => db.ChangeTracker.Entries<T>().Select(entry => entry.Entity).FirstOrDefault(which) is { } row ? what(row) : null;

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } db && _once is { } once)
        {
            Task? done = once(db);
            if (done is not null)
            {
                _once = null;
                await done;
            }
        }

        return result;
    }
}
