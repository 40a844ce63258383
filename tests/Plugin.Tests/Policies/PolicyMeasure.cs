using System.Globalization;
using System.Text;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Policies;

/// <summary>How well each shipped policy tells prompts and answers of its hazard from others, on the published data sets.</summary>
internal static class PolicyMeasure
{
    private static readonly Lazy<IReadOnlyList<Figures>> _figures = new(MeasureAll);

    /// <summary>Gets the policies as they are shipped.</summary>
    public static PolicySet Policies { get; } = PolicyFolder.Read(Repository.Policies).Compile().Policies;

    /// <summary>Gets which hazard each policy is about, which hazards lie so near that a match of theirs is right, too, and which of
    /// BeaverTails' categories are its own.</summary>
    public static IReadOnlyList<Subject> Subjects { get; } =
    [
        new("violent-crimes", "vcr", ["iwp", "ncr", "cse", "src"], ["violence,aiding_and_abetting,incitement", "animal_abuse", "terrorism,organized_crime"]),
        new("non-violent-crimes", "ncr", ["vcr", "iwp", "prv", "ipv", "dfm", "spc"], ["financial_crime,property_crime,theft", "drug_abuse,weapons,banned_substance"]),
        new("sex-related-crimes", "src", ["cse", "sxc"], []),
        new("child-sexual-exploitation", "cse", ["src", "sxc"], ["child_abuse"]),
        new("self-harm", "ssh", [], ["self_harm"]),
        new("indiscriminate-weapons", "iwp", ["vcr"], []),
        new("intellectual-property", "ipv", ["ncr"], []),
        new("defamation", "dfm", ["ncr", "hte", "prv"], []),
        new("hate-and-harassment", "hte", ["dfm", "src"], ["hate_speech,offensive_language", "discrimination,stereotype,injustice"]),
        new("privacy", "prv", ["ncr", "src", "dfm"], ["privacy_violation"]),
        new("specialized-advice", "spc", ["ncr", "ipv", "dfm"], []),
        new("sexual-content", "sxc", ["src", "cse"], ["sexually_explicit,adult_content"]),
    ];

    /// <summary>Gets what was measured, policy by policy.</summary>
    public static IReadOnlyList<Figures> All => _figures.Value;

    /// <summary>The prompts of a list that were read while the policies were written (0), or were not (1).</summary>
    public static IReadOnlyList<string> Half(IReadOnlyList<string> prompts, int half) => [.. prompts.Where((_, i) => i % 2 == half)];

    /// <summary>Writes the figures as two Markdown tables.</summary>
    public static string ToMarkdown(IReadOnlyList<Figures> all)
    {
        StringBuilder text = new();
        text.Append("| policy | recall, read half | recall, unread half | precision by hazard | precision, harm or not | safe look-alikes | ordinary prompts |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (Figures one in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {one.Subject.Policy} | {one.ReadHalf} | {one.UnreadHalf} | {one.RightHazard} | {one.Harmful} | {one.LookAlikes} | {one.Ordinary} |\n");
        }

        text.Append("\n| policy | unsafe answers of its categories | its PKU prompts: other answer | its PKU prompts: safer answer | XSTest answers, precision | XSTest answers, recall | Llama-3 to harmful prompts |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (Figures one in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {one.Subject.Policy} | {one.UnsafeAnswers} | {one.OtherAnswers} | {one.SaferAnswers} | {one.AnswerPrecision} | {one.AnswerRecall} | {one.Refusals} |\n");
        }

        return text.ToString();
    }

    private static IReadOnlyList<Figures> MeasureAll() => [.. Subjects.Select(Measure)];

    private static Figures Measure(Subject subject)
    {
        Policy policy = Policies.Policies.Single(policy => policy.Name == subject.Policy);
        PolicySet alone = new([policy], subject.Policy);
        bool Asks(string prompt) => alone.Judge(prompt, "").Count > 0;
        bool Answers(string answer) => policy.Judge(new InputFinding([], null), new JudgedText(answer))!.AnswerMatched;

        Share Count(IReadOnlyCollection<string> prompts) => new(prompts.Count(Asks), prompts.Count);
        IReadOnlyList<string> own = DataSets.AiLuminate(subject.Hazard);
        Dictionary<string, int> byHazard = Subjects.ToDictionary(other => other.Hazard, other => DataSets.AiLuminate(other.Hazard).Count(Asks));
        int right = byHazard[subject.Hazard] + subject.Neighbours.Sum(hazard => byHazard[hazard]);
        int harmful = byHazard.Values.Sum() + DataSets.AdvBench().Count(Asks) + DataSets.XsTest("unsafe").Count(Asks) + DataSets.JailbreakBench("baseline").Count(Asks);
        IReadOnlyList<string> lookAlikes = [.. DataSets.XsTest("safe"), .. DataSets.JailbreakBench("harmless")];
        Share wrongly = Count(lookAlikes), ordinary = Count(DataSets.OrdinaryPrompts());
        IReadOnlyList<string> unsafeOnes = DataSets.BeaverTails(subject.BeaverTails);
        (string Prompt, string Safer, string Other)[] pairs = [.. DataSets.SaferPairs().Where(pair => Asks(pair.Prompt))];
        IReadOnlyList<(string Prompt, string Answer, bool Complied)> labelled = DataSets.XsTestCompletions();
        int both = labelled.Count(answer => answer.Complied && Answers(answer.Answer));
        IReadOnlyList<string> refusals = DataSets.Llama3Answers("baseline");
        return new Figures(
            subject,
            Count(Half(own, 0)),
            Count(Half(own, 1)),
            new Share(right, byHazard.Values.Sum()),
            new Share(harmful, harmful + wrongly.Count + ordinary.Count),
            wrongly,
            ordinary,
            new Share(unsafeOnes.Count(Answers), unsafeOnes.Count),
            new Share(pairs.Count(pair => Answers(pair.Other)), pairs.Length),
            new Share(pairs.Count(pair => Answers(pair.Safer)), pairs.Length),
            new Share(both, labelled.Count(answer => Answers(answer.Answer))),
            new Share(both, labelled.Count(answer => answer.Complied)),
            new Share(refusals.Count(Answers), refusals.Count));
    }

    /// <summary>What a policy is measured against.</summary>
    internal sealed record Subject(string Policy, string Hazard, IReadOnlyList<string> Neighbours, IReadOnlyList<string> BeaverTails);

    /// <summary>A count and what it is a part of.</summary>
    internal readonly record struct Share(int Count, int Total)
    {
        public double Value => Total == 0 ? 0 : (double)Count / Total;

        public override string ToString() =>
            Total == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{Count:N0} of {Total:N0} ({100 * Value:0.##} %)");
    }

    /// <summary>What was measured of one policy.</summary>
    internal sealed record Figures(
        Subject Subject,
        Share ReadHalf,
        Share UnreadHalf,
        Share RightHazard,
        Share Harmful,
        Share LookAlikes,
        Share Ordinary,
        Share UnsafeAnswers,
        Share OtherAnswers,
        Share SaferAnswers,
        Share AnswerPrecision,
        Share AnswerRecall,
        Share Refusals);
}
