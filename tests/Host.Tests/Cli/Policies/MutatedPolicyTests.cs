using CsCheck;
using Unlearning.Host.Cli.Policies;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Tests.Cli.Policies;

/// <summary>Whatever an editor does to a policy file, the verbs say where it is wrong, or it is a policy.</summary>
public sealed class MutatedPolicyTests
{
    private const int Files = 10_000;

    private static readonly string[] Pieces =
    [
        ":", ": ", "- ", "[", "]", "{", "}", "'", "\"", "\n", "\n\n", "\t", "  ", "null", "true", "1e999", "-1", "0x1F", "*", "&a ", "*a", "|", ">", "#", "%",
        "---\n", "...\n", "!!binary ", "? ", "<<: ", "\0", "\u2028", "\ud800", "\ufeff", "(?<=a)", "(a+)+$", "\\", "[^", "{0,99999}", "name: ", "all_of: ", "none_of: ",
        "terms: ", "regex: ", "tests:\n", "spec:\n", "ё", "𝔘",
    ];

    private static readonly Gen<Func<string, string>> Mutation = Gen.OneOf<Func<string, string>>(
        // A stretch replaced by a piece, or by any characters.
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 12], Gen.Int[0, Pieces.Length - 1], Replace),
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 6], Gen.String[Gen.Char, 0, 4], (at, length, text) => (Func<string, string>)(file => Splice(file, at, length, text))),
        // A line taken out, doubled, moved, or indented otherwise.
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 4], (from, to, what) => (Func<string, string>)(file => Line(file, from, to, what))),
        // Two neighbouring letters swapped, as fingers do.
        Gen.Double[0, 1].Select(at => (Func<string, string>)(file => Swap(file, at))));

    private static readonly Gen<string> Mutated = Mutation.Array[1, 3].Select(mutations => mutations.Aggregate(PolicyCli.Example, (file, mutate) => mutate(file)));

    [Fact]
    public void Ten_thousand_mutated_files_are_policies_or_have_a_located_message()
    {
        int valid = 0;
        Mutated.Sample(
            text =>
            {
                LoadedPolicy loaded = PolicyLoader.Read("a.yaml", text);
                if (loaded.Policy is null)
                    return loaded.Errors.Count > 0 && loaded.Errors.All(IsLocated);
                Interlocked.Increment(ref valid);
                return loaded.Errors.Count == 0 && PolicyWarnings.Of(loaded).All(IsLocated) && Judges(loaded.Policy);
            },
            iter: Files);

        // Each time other files are made: enough of both kinds, with room for chance.
        Assert.InRange(valid, Files / 100, Files * 99 / 100);
    }

    [Fact]
    public void Any_two_mutated_files_that_are_policies_can_be_compared()
    {
        Gen.Select(Mutated, Mutated).Sample(
            (one, two) =>
            {
                LoadedPolicy old = PolicyLoader.Read("a.yaml", one), now = PolicyLoader.Read("a.yaml", two);
                if (old.Document is null || now.Document is null)
                    return true;
                int there = DocumentComparison.Compare(old.Document, now.Document, showText: false).Count;
                int back = DocumentComparison.Compare(now.Document, old.Document, showText: false).Count;
                return there == back && DocumentComparison.Compare(old.Document, old.Document, showText: false).Count == 0;
            },
            iter: 500);
    }

    private static bool IsLocated(PolicyError error) => error is { File: "a.yaml", Line: > 0, Column: > 0, What.Length: > 0, Fix.Text.Length: > 0 };

    private static bool Judges(Policy policy)
    {
        foreach (PolicyTest test in policy.Tests)
            policy.Check(test);
        return true;
    }

    private static Func<string, string> Replace(double at, int length, int piece) => file => Splice(file, at, length, Pieces[piece]);

    private static string Splice(string file, double at, int length, string text)
    {
        int start = (int)(at * file.Length);
        return file.Remove(start, Math.Min(length, file.Length - start)).Insert(start, text);
    }

    private static string Line(string file, double from, double to, int what)
    {
        List<string> lines = [.. file.Split('\n')];
        int index = (int)(from * (lines.Count - 1));
        string line = lines[index];
        switch (what)
        {
            case 0:
                lines.RemoveAt(index);
                break;
            case 1:
                lines.Insert((int)(to * lines.Count), line);
                break;
            case 2:
                lines.RemoveAt(index);
                lines.Insert((int)(to * lines.Count), line);
                break;
            case 3:
                lines[index] = $"  {line}";
                break;
            default:
                lines[index] = line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line;
                break;
        }

        return string.Join('\n', lines);
    }

    private static string Swap(string file, double at)
    {
        int index = (int)(at * Math.Max(0, file.Length - 2));
        return file.Length < 2 ? file : $"{file[..index]}{file[index + 1]}{file[index]}{file[(index + 2)..]}";
    }
}
