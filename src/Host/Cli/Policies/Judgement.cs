using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Cli.Policies;

/// <summary>What a set of policies says of one interaction.</summary>
/// <param name="Policies">The severity by each policy that matched.</param>
/// <param name="AnswerMatched">Whether the answer itself was judged harmful.</param>
internal sealed record Judgement(IReadOnlyDictionary<string, int> Policies, bool AnswerMatched)
{
    /// <summary>Whether any policy matched.</summary>
    public bool Matched => Policies.Count > 0;

    /// <summary>The gravest severity; 0 when nothing matched.</summary>
    public int Severity => Policies.Values.DefaultIfEmpty().Max();

    /// <summary>Sums up a set's matches.</summary>
    public static Judgement Of(IReadOnlyList<PolicyMatch> matches) => new(
        new SortedDictionary<string, int>(matches.ToDictionary(match => match.Policy, match => match.Severity), StringComparer.Ordinal),
        matches.Any(match => match.AnswerMatched));
}
