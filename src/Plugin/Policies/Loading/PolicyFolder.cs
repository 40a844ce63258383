using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>The policy files of one folder as they were at one moment.</summary>
internal sealed class PolicyFolder
{
    private const string Elsewhere = $"set {PolicyOptions.SectionName}:{nameof(PolicyOptions.Directory)} to where they are";

    private const int MostAttempts = 100;

    private readonly IReadOnlyList<(string Name, string? Text)> _files;
    private readonly PolicyError? _unreadable;
    private readonly Dictionary<(string Name, string Text), Policy> _compiled = [];

    private PolicyFolder(string folder, IReadOnlyList<(string Name, string? Text)> files, PolicyError? unreadable)
    {
        _files = files;
        _unreadable = unreadable ?? (files.Count > 0
            ? null
            : new PolicyError(folder, 1, 1, "The folder holds no policy (*.yaml)", $"Put policies there, or {Elsewhere}"));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string? text) in files)
        {
            // Lengths keep the end of one string apart from the beginning of the next.
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length}:{name}{text?.Length ?? -1}:{text}"));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(_unreadable?.ToString() ?? ""));
        Revision = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Gets the hash of the files' names and contents, 16 hexadecimal digits.</summary>
    public string Revision { get; }

    /// <summary>Gets the files by name, with their contents; null for one that cannot be read.</summary>
    public IReadOnlyList<(string Name, string? Text)> Files => _files;

    /// <summary>Gets a value indicating whether the files are those that an apply staged, not the folder's own.</summary>
    public bool IsStaged { get; private init; }

    /// <summary>Gets what is wrong with the folder as a whole, or null.</summary>
    public PolicyError? Unreadable => _unreadable;

    /// <summary>Tells whether a file is a policy by its name.</summary>
    public static bool IsPolicyFile(string path) => Path.GetExtension(path) is ".yaml" or ".yml";

    /// <summary>Reads every policy file of a folder, in the order of their names; never half of a set that is being applied.</summary>
    public static PolicyFolder Read(string folder)
    {
        try
        {
            for (int attempt = 0; attempt < MostAttempts; attempt++)
            {
                AppliedSet? applied = AppliedSet.Read(folder);
                PolicyFolder found = ReadFiles(folder, applied is { IsStaged: true } ? applied.StagedFolder(folder) : folder);
                if (AppliedSet.Read(folder) == applied)
                {
                    return found;
                }
            }

            return Failed(folder, "The policy folder kept changing while it was read", "Wait for the applies to end");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failed(folder, $"{AppliedSet.FileName} cannot be read ({failure.GetType().Name})", "Check its permissions");
        }
    }

    /// <summary>Compiles the files, but for those that have not changed since they were compiled before.</summary>
    /// <param name="before">The folder as it was, compiled, or null.</param>
    /// <returns>The set of those that are right, and what is wrong with the others.</returns>
    public (PolicySet Policies, IReadOnlyList<PolicyError> Errors) Compile(PolicyFolder? before = null)
    {
        List<PolicyError> errors = [.. _unreadable is null ? (PolicyError[])[] : [_unreadable]];
        SortedDictionary<string, (string File, Policy Policy)> policies = new(StringComparer.Ordinal);
        foreach ((string name, string? text) in _files)
        {
            if (text is null)
            {
                errors.Add(new PolicyError(name, 1, 1, "The file cannot be read", "Check its permissions"));
                continue;
            }

            // Compiling patterns for linear time takes milliseconds each; an edit of one file must not cost all of them again.
            if (before is null || !before._compiled.TryGetValue((name, text), out Policy? policy))
            {
                (policy, IReadOnlyList<PolicyError> wrong) = PolicyLoader.Load(name, text);
                errors.AddRange(wrong);
            }

            if (policy is null)
            {
                continue;
            }

            _compiled[(name, text)] = policy;
            if (!policies.TryAdd(policy.Name, (name, policy)))
            {
                string what = $"The policy '{policy.Name}' is already in {policies[policy.Name].File}";
                errors.Add(new PolicyError(name, 1, 1, what, "Give one of them another metadata.name"));
            }
        }

        return (new PolicySet([.. policies.Values.Select(entry => entry.Policy)], Revision), errors);
    }

    private static PolicyFolder ReadFiles(string folder, string place)
    {
        try
        {
            return new PolicyFolder(
                folder,
                [
                    .. Directory.EnumerateFiles(place)
                        .Where(IsPolicyFile)
                        .OrderBy(path => path, StringComparer.Ordinal)
                        .Select(path => (Path.GetFileName(path), ReadFile(path))),
                ],
                null)
            {
                IsStaged = place != folder,
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return place == folder
                ? Failed(folder, $"The policy folder cannot be read ({failure.GetType().Name})", $"Create it, or {Elsewhere}")
                : Failed(folder, $"The staged set cannot be read ({failure.GetType().Name})", "Apply the policies again");
        }
    }

    private static PolicyFolder Failed(string folder, string what, string fix) =>
        new(folder, [], new PolicyError(folder, 1, 1, what, fix));

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
