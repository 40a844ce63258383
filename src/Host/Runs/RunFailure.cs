namespace Unlearning.Host.Runs;

/// <summary>What may be said of a failed run to everybody who may see it: it quotes nothing that people said.</summary>
/// <param name="Cause">What stopped it.</param>
/// <param name="NextStep">What to do; null where the cause says it.</param>
public sealed record RunFailure(string Cause, string? NextStep)
{
    private const char Between = '\n';

    /// <summary>The two as the record keeps them: a line each.</summary>
    public override string ToString() => $"{OneLine(Cause)}{Between}{OneLine(NextStep ?? "")}";

    /// <summary>Reads what the record keeps; of a run of an older version, or of one that is not explained, the cause is not known.</summary>
    public static RunFailure Of(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Explanation?.Split(Between, 2) switch
        {
            [var cause, var next] => new RunFailure(cause, next.Length == 0 ? null : next),
            var other => new RunFailure("The run failed; its error is kept encrypted, because it may quote what people said.", other?[0]),
        };
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
