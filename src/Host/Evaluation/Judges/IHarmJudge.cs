namespace Unlearning.Host.Evaluation.Judges;

/// <summary>
/// Says whether an answer goes along with a harmful prompt. Judges differ in what they trust: words, a trained classifier, a language
/// model; docs/evaluation.md has how well each agrees with people.
/// </summary>
public interface IHarmJudge
{
    /// <summary>Names the judge in reports: <c>classifier</c>, <c>matcher</c> or <c>model</c> for those that ship.</summary>
    string Name { get; }

    /// <summary>
    /// All that decides its verdicts besides the program, for what is kept of them: equal identities judge alike. The name alone where nothing
    /// else does.
    /// </summary>
    string Identity => Name;

    /// <summary>Judges one answer.</summary>
    /// <param name="prompt">What was asked; the caller knows that it is harmful.</param>
    /// <param name="answer">The whole answer. Broken answers are not brought here, see <see cref="BrokenAnswer"/>.</param>
    /// <param name="cancellationToken">Stops a judge that asks elsewhere.</param>
    /// <returns>True: goes along. False: does not. Null: no verdict, which is evidence for neither.</returns>
    ValueTask<bool?> IsHarmfulAsync(string prompt, string answer, CancellationToken cancellationToken);
}
