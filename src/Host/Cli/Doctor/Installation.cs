using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Unlearning.Engine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Doctor;

/// <summary>The service that the settings describe, looked at without starting it and without making anything.</summary>
/// <param name="Builder">The service as it would be built.</param>
/// <param name="Folders">Its folders.</param>
/// <param name="Full">Whether to look at everything, however long it takes.</param>
/// <param name="Time">The clock.</param>
internal sealed record Installation(WebApplicationBuilder Builder, ConfiguredFolders Folders, bool Full, TimeProvider Time)
{
    /// <summary>Whether there is a data folder; before the first start there is none.</summary>
    public bool HasData => Directory.Exists(Folders.Data);

    /// <summary>The store's file.</summary>
    public string Store => Path.Combine(Folders.Data, "unlearning.db");

    /// <summary>Opens the store, which must be there, to be read only.</summary>
    /// <param name="protector">Decrypts text; null where none is read.</param>
    public UnlearningDbContext OpenStore(TextProtector? protector = null) => new(
        new DbContextOptionsBuilder<UnlearningDbContext>()
            .UseSqlite(new SqliteConnectionStringBuilder { DataSource = Store, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()).Options,
        protector);

    /// <summary>The data folder, which must be there.</summary>
    public DataFolder Data => new(Folders.Data);

    /// <summary>The configured model, as an absolute path.</summary>
    public string Model => Path.GetFullPath(Settings<EngineOptions>(EngineOptions.SectionName).Model, Builder.Environment.ContentRootPath);

    /// <summary>Reads the settings.</summary>
    public static Installation Read(IReadOnlyDictionary<string, string?>? overrides, bool full, TimeProvider time) =>
        new(UnlearningHost.CreateBuilder(overrides), ConfiguredFolders.Read(overrides), full, time);

    /// <summary>A section of the settings.</summary>
    public T Settings<T>(string section)
        where T : new() => Builder.Configuration.GetSection(section).Get<T>() ?? new T();
}
