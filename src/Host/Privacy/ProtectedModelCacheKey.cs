using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Privacy;

/// <summary>The model holds the protector of its columns, so that contexts of two key rings must not share one.</summary>
internal sealed class ProtectedModelCacheKey : IModelCacheKeyFactory
{
    /// <inheritdoc/>
    public object Create(DbContext context, bool designTime) => (context.GetType(), (context as UnlearningDbContext)?.Protector, designTime);
}
