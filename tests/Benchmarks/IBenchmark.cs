namespace Unlearning.Benchmarks;

/// <summary>Rows that are measured together.</summary>
internal interface IBenchmark
{
    /// <summary>The rows it can fill.</summary>
    IReadOnlyList<Row> Rows { get; }

    /// <summary>Measures the rows named in <paramref name="wanted"/>; it may give others that came with them.</summary>
    Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted);
}
