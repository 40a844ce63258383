using System.Security.Cryptography;
using System.Text;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Demo.Bundle;

/// <summary>
/// Makes the three splits out of the sources: drops duplicates and near-duplicates, keeps contrast pairs together, and spreads
/// every stratum (source and category) evenly. Same sources, same bytes: order comes from a hash of the ids, not from chance.
/// </summary>
internal static class PromptBundler
{
    /// <summary>Two prompts of one kind at or above this Jaccard index count as the same question.</summary>
    public const double NearDuplicate = 0.5;

    private static readonly PromptSplit[] _splits = [PromptSplit.Train, PromptSplit.Validation, PromptSplit.Gate];

    /// <summary>The splits in the order of <see cref="PromptSplit"/>; each is ordered by kind, then spread by hash.</summary>
    /// <exception cref="InvalidDataException">A source has too few distinct prompts for its quota.</exception>
    public static IReadOnlyDictionary<PromptSplit, IReadOnlyList<EvaluationPrompt>> Split(
        IEnumerable<CandidatePrompt> candidates, IReadOnlyList<SplitQuota> quotas)
    {
        List<List<CandidatePrompt>> groups = Group(Distinct(candidates));
        Dictionary<PromptSplit, List<EvaluationPrompt>> splits = _splits.ToDictionary(split => split, _ => new List<EvaluationPrompt>());
        foreach (IGrouping<string, SplitQuota> source in quotas.GroupBy(quota => quota.Source))
        {
            // The first quota of a source decides where groups go; the others take what their split received.
            SplitQuota leading = source.First();
            Dictionary<PromptSplit, List<CandidatePrompt>> received = Distribute(
                groups.Where(group => group.Any(candidate => candidate.Prompt.Source == source.Key)), leading);
            foreach (SplitQuota quota in source)
            {
                foreach (PromptSplit split in _splits)
                {
                    splits[split].AddRange(Take(received[split].Where(candidate => candidate.Prompt.Kind == quota.Kind), quota, split));
                }
            }
        }

        return splits.ToDictionary(
            pair => pair.Key,
            pair => (IReadOnlyList<EvaluationPrompt>)
                [.. pair.Value.OrderBy(prompt => prompt.Kind).ThenBy(prompt => Order(prompt.Id), StringComparer.Ordinal)]);
    }

    /// <summary>
    /// What the splits left over of the harmful prompts, and look-alikes written for this project: whatever asks the same as a prompt of a
    /// split, of any kind, is left out. XSTest's are left out whole, since the contrasts of its prompts are in the splits.
    /// </summary>
    public static IReadOnlyList<EvaluationPrompt> Companions(
        IEnumerable<CandidatePrompt> candidates, IEnumerable<EvaluationPrompt> lookAlikes, IEnumerable<EvaluationPrompt> splits)
    {
        ContentWords[] taken = [.. splits.Select(prompt => ContentWords.Of(prompt.Text))];
        IEnumerable<CandidatePrompt> harmful = candidates.Where(candidate => candidate.Prompt.Kind == PromptKind.Harmful && candidate.Prompt.Source != "xstest");
        return
        [
            .. Distinct(harmful.Concat(lookAlikes.Select(prompt => new CandidatePrompt(prompt, prompt.Source))))
                .Where(candidate => !taken.Any(words => words.Jaccard(candidate.Words) >= NearDuplicate))
                .Select(candidate => candidate.Prompt)
                .OrderBy(prompt => prompt.Kind).ThenBy(prompt => Order(prompt.Id), StringComparer.Ordinal),
        ];
    }

    /// <summary>Drops every candidate that asks the same as an earlier one of its kind; XSTest's own likenesses are kept for
    /// grouping.</summary>
    private static List<CandidatePrompt> Distinct(IEnumerable<CandidatePrompt> candidates)
    {
        List<CandidatePrompt> kept = [];
        foreach (CandidatePrompt candidate in candidates)
        {
            bool known = kept.Any(other =>
                other.Prompt.Kind == candidate.Prompt.Kind
                && (other.Group is null || candidate.Group is null || other.Prompt.Text == candidate.Prompt.Text)
                && other.Words.Jaccard(candidate.Words) >= NearDuplicate);
            if (!known)
            {
                kept.Add(candidate);
            }
        }

        return kept;
    }

    /// <summary>Joins candidates that must stay together: the same group, or near-duplicates within one source, whatever their
    /// kind.</summary>
    private static List<List<CandidatePrompt>> Group(List<CandidatePrompt> candidates)
    {
        int[] parent = [.. Enumerable.Range(0, candidates.Count)];
        int Root(int index)
        {
            while (parent[index] != index)
            {
                index = parent[index] = parent[parent[index]];
            }

            return index;
        }

        for (int i = 0; i < candidates.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                CandidatePrompt a = candidates[i];
                CandidatePrompt b = candidates[j];
                if (a.Group is not null && b.Group is not null && (a.Group == b.Group || a.Words.Jaccard(b.Words) >= NearDuplicate))
                {
                    parent[Root(i)] = Root(j);
                }
            }
        }

        return
        [
            .. candidates
                .Select((candidate, index) => (candidate, root: Root(index)))
                .GroupBy(pair => pair.root, pair => pair.candidate)
                .Select(group => group.ToList()),
        ];
    }

    /// <summary>
    /// Deals groups out by error diffusion: each goes where the share received so far is furthest below the share due. Groups are
    /// dealt stratum by stratum, so that every stratum is divided in the same ratio.
    /// </summary>
    private static Dictionary<PromptSplit, List<CandidatePrompt>> Distribute(IEnumerable<List<CandidatePrompt>> groups, SplitQuota quota)
    {
        Dictionary<PromptSplit, List<CandidatePrompt>> received = _splits.ToDictionary(split => split, _ => new List<CandidatePrompt>());
        Dictionary<PromptSplit, int> counts = _splits.ToDictionary(split => split, _ => 0);
        IEnumerable<List<CandidatePrompt>> inOrder = groups
            .OrderBy(group => group[0].Stratum, StringComparer.Ordinal)
            .ThenBy(group => Order(group[0].Prompt.Id), StringComparer.Ordinal);
        foreach (List<CandidatePrompt> group in inOrder)
        {
            int size = group.Count(candidate => candidate.Prompt.Kind == quota.Kind);
            PromptSplit split = _splits.MinBy(candidate => (double)counts[candidate] / quota.For(candidate));
            received[split].AddRange(group);
            counts[split] += size;
        }

        return received;
    }

    /// <summary>Takes a split's quota evenly over the strata it received.</summary>
    private static IEnumerable<EvaluationPrompt> Take(IEnumerable<CandidatePrompt> received, SplitQuota quota, PromptSplit split)
    {
        CandidatePrompt[] sorted =
        [
            .. received
                .OrderBy(candidate => candidate.Stratum, StringComparer.Ordinal)
                .ThenBy(candidate => Order(candidate.Prompt.Id), StringComparer.Ordinal),
        ];
        int wanted = quota.For(split);
        if (sorted.Length < wanted)
        {
            throw new InvalidDataException(
                $"{quota.Source} has {sorted.Length} distinct {quota.Kind} prompts for the {split} split; {wanted} are needed.");
        }

        // Every (count / wanted)-th of the sorted list: each stratum gives in proportion to its size.
        return Enumerable.Range(0, wanted).Select(index => sorted[(int)((long)index * sorted.Length / wanted)].Prompt);
    }

    private static string Order(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
