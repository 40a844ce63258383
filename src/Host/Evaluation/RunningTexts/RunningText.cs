using System.Security.Cryptography;
using System.Text;
using Unlearning.Host.Evaluation.Training;

namespace Unlearning.Host.Evaluation.RunningTexts;

/// <summary>Ordinary running text on which a model's perplexity is measured: a file's, read whole.</summary>
/// <remarks>Not a record, which would print the text.</remarks>
public sealed class RunningText
{
    /// <summary>Tokens of a passage. Each is predicted from those before it in the passage, so one fewer are scored.</summary>
    public const int PassageTokens = 128;

    // The first holds for every tokenizer whose tokens have up to 15 characters on average; the passages are counted exactly when they are cut.
    private const int FewestCharacters = 2_000, MostBytes = 16 << 20;

    internal RunningText(string text, string hash) => (Text, Hash) = (text, hash);

    /// <summary>SHA-256 of the text in UTF-8, in hexadecimal. For a plain file without a byte order mark it is the file's own.</summary>
    public string Hash { get; }

    /// <summary>The text.</summary>
    internal string Text { get; }

    /// <summary>
    /// Reads a file: one that ends in <c>.csv</c> by its column <c>text</c>, the rows joined by an empty line as is usual for wikitext; any other
    /// as plain text in UTF-8.
    /// </summary>
    /// <param name="path">The file, of 2,000 characters to 16 MiB.</param>
    /// <exception cref="InvalidDataException">There is no such file, or it cannot serve; the message is the cause and the fix, two sentences
    /// without the path and without any of the text.</exception>
    public static RunningText Read(string path)
    {
        string text;
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
                throw new InvalidDataException("There is no such file. Write the path of a .txt or .csv file, or leave it empty to measure no perplexity.");
            if (file.Length > MostBytes)
                throw new InvalidDataException(FormattableString.Invariant($"It has more than {MostBytes >> 20} MiB. Take a part of it."));
            text = file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? Rows(path) : Plain(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException("It cannot be read. Let the program's user read it, or name another file.", error);
        }

        return text.Length >= FewestCharacters
            ? new RunningText(text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))))
            : throw new InvalidDataException(FormattableString.Invariant(
                $"It has {text.Length} characters of text. Use a longer one: a passage has {PassageTokens} tokens, and at least {FewestCharacters} characters are needed."));
    }

    private static string Plain(string path)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("It is not UTF-8. Convert it.");
        }
    }

    private static string Rows(string path)
    {
        const string fix = "Its first row must name the columns, each once, and one of them 'text'. Add that row, or save the text as .txt.";
        CsvTable table;
        try
        {
            table = CsvTable.Read(path);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException(fix);
        }

        // The table's own message lists the columns, and where the header is missing those are text.
        return table.HasColumn("text")
            ? string.Join("\n\n", Enumerable.Range(0, table.Count).Select(row => table[row, "text"]).Where(text => !string.IsNullOrWhiteSpace(text)))
            : throw new InvalidDataException(fix);
    }
}
