using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Unlearning.Host.Storage;

/// <summary>
/// Lets the migrations tool build the model without starting the Host:
/// <c>EfDesign=true dotnet ef migrations add NAME --project src/Host --output-dir Storage/Migrations</c>.
/// </summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<UnlearningDbContext>
{
    /// <inheritdoc/>
    public UnlearningDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<UnlearningDbContext>().UseSqlite("Data Source=design-time.db").Options);
}
