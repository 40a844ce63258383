using System.Text;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// A comma-separated file with a header row, read whole (RFC 4180: quoted fields may hold commas, doubled quotes and line
/// ends). Columns are found by name, so that a data set with reordered or additional columns still reads.
/// </summary>
public sealed class CsvTable
{
    private readonly string _path;
    private readonly Dictionary<string, int> _columns;
    private readonly List<string[]> _rows;

    private CsvTable(string path, List<string[]> records)
    {
        _path = path;
        if (records.Count == 0)
        {
            throw new InvalidDataException($"{path}: the file is empty; a header row was expected.");
        }

        _columns = records[0].Select((name, index) => (name, index)).ToDictionary(column => column.name.Trim(), column => column.index);
        _rows = [.. records.Skip(1)];
    }

    /// <summary>How many rows follow the header.</summary>
    public int Count => _rows.Count;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file has no header.</exception>
    public static CsvTable Read(string path)
    {
        using StreamReader reader = new(path, Encoding.UTF8);
        return new CsvTable(path, [.. Records(reader)]);
    }

    /// <summary>Whether the header names this column.</summary>
    public bool HasColumn(string name) => _columns.ContainsKey(name);

    /// <summary>The field of a row (counted from 0 after the header); empty when the row is shorter than the header.</summary>
    /// <exception cref="InvalidDataException">There is no such column; the message lists those that are there.</exception>
    public string this[int row, string column]
    {
        get
        {
            if (!_columns.TryGetValue(column, out int index))
            {
                throw new InvalidDataException($"{_path}: no column {column}. It has: {string.Join(", ", _columns.Keys)}.");
            }

            string[] fields = _rows[row];
            return index < fields.Length ? fields[index] : string.Empty;
        }
    }

    private static IEnumerable<string[]> Records(StreamReader reader)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        bool any = false;
        for (int next = reader.Read(); next >= 0; next = reader.Read())
        {
            char c = (char)next;
            any = true;
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (reader.Peek() == '"')
                {
                    field.Append((char)reader.Read());
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                yield return [.. fields];
                fields.Clear();
                any = false;
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        if (any)
        {
            fields.Add(field.ToString());
            yield return [.. fields];
        }
    }
}
