using Microsoft.Data.Sqlite;

namespace Unlearning.Host.Storage.Backups;

/// <summary>One SQLite file: copied beside those who write it, checked, and made ready to be served.</summary>
internal static class DatabaseFile
{
    /// <summary>Copies the database as it is at one moment, however much is written meanwhile, into one file without a log.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public static void Copy(string from, string to)
    {
        using SqliteConnection source = Open(from, SqliteOpenMode.ReadOnly), target = Open(to, SqliteOpenMode.ReadWriteCreate);

        // A file without a write-ahead log is closed to readers while a transaction ends.
        Ask(source, "PRAGMA busy_timeout=30000");
        source.BackupDatabase(target);
        Ask(target, "PRAGMA journal_mode=DELETE");
    }

    /// <summary>What SQLite finds wrong with the whole file; null when nothing is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="quick">Leaves out whether indexes and tables agree.</param>
    public static string? Damage(string path, bool quick = false)
    {
        try
        {
            using SqliteConnection database = Open(path, SqliteOpenMode.ReadOnly);
            string said = Ask(database, quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)");
            return said == "ok" ? null : said;
        }
        catch (SqliteException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Gives it the write-ahead log that the service works with.</summary>
    public static void UseWriteAheadLog(string path)
    {
        using SqliteConnection database = Open(path, SqliteOpenMode.ReadWrite);
        Ask(database, "PRAGMA journal_mode=WAL");
    }

    /// <summary>The journal mode, in lower case: "wal" for a file that a service works with.</summary>
    public static string JournalMode(string path)
    {
        using SqliteConnection database = Open(path, SqliteOpenMode.ReadOnly);
        return Ask(database, "PRAGMA journal_mode");
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static string Ask(SqliteConnection connection, string question)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = question;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
