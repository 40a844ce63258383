using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Unlearning.Host.Storage;

/// <summary>
/// Inserts many rows of one table with one prepared statement that is made of the context's model, for any relational provider. The change
/// tracker, which writes a command text for each row, costs several times as much.
/// </summary>
internal static class RowInsertion
{
    /// <summary>Inserts rows in the context's transaction. They are not tracked, and must not be.</summary>
    /// <param name="db">The context, with a transaction under way.</param>
    /// <param name="rows">The rows, with all that they are to hold: nothing is made by the database.</param>
    /// <param name="cancellationToken">Cancels between rows.</param>
    /// <exception cref="DbUpdateException">The database refuses a row, as one that breaks a constraint.</exception>
    public static async Task InsertAsync<T>(this UnlearningDbContext db, IReadOnlyList<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (rows.Count == 0)
        {
            return;
        }

        ITableMapping table = db.Model.FindEntityType(typeof(T))!.GetTableMappings().Single();
        IColumnMapping[] columns = [.. table.ColumnMappings];
        await using DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        ISqlGenerationHelper sql = db.GetService<ISqlGenerationHelper>();
        string[] names = [.. columns.Select((_, i) => $"p{i}")];
#pragma warning disable CA2100 // All of it is names of the model.
        command.CommandText = $"INSERT INTO {sql.DelimitIdentifier(table.Table.Name, table.Table.Schema)} "
            + $"({string.Join(", ", columns.Select(column => sql.DelimitIdentifier(column.Column.Name)))}) "
            + $"VALUES ({string.Join(", ", names.Select(sql.GenerateParameterNamePlaceholder))})";
#pragma warning restore CA2100
        for (int i = 0; i < columns.Length; i++)
        {
            command.Parameters.Add(columns[i].TypeMapping.CreateParameter(
                command, sql.GenerateParameterName(names[i]), columns[i].Property.GetGetter().GetClrValue(rows[0]), columns[i].Column.IsNullable));
        }

        try
        {
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
            foreach (T row in rows)
            {
                for (int i = 0; i < columns.Length; i++)
                {
                    object? value = columns[i].Property.GetGetter().GetClrValue(row);
                    command.Parameters[i].Value = (columns[i].TypeMapping.Converter is { } converter ? converter.ConvertToProvider(value) : value) ?? DBNull.Value;
                }

                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (DbException failure)
        {
            // As the context's own saving fails; without the row, which has people's text.
            throw new DbUpdateException($"A row of {table.Table.Name} could not be stored.", failure);
        }
    }
}
