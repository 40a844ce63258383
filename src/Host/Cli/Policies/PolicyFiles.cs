using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The policy files that a command line names, read once.</summary>
internal sealed class PolicyFiles
{
    private readonly List<PolicyFile> _files = [];
    private readonly List<PolicyError> _errors = [];
    private readonly List<PolicyError> _oddities = [];

    private PolicyFiles()
    {
    }

    /// <summary>Gets the files that could be read.</summary>
    public IReadOnlyList<PolicyFile> Files => _files;

    /// <summary>Gets everything that is wrong, file by file.</summary>
    public IReadOnlyList<PolicyError> Errors => _errors;

    /// <summary>Gets what is odd about the folders themselves.</summary>
    public IReadOnlyList<PolicyError> Oddities => _oddities;

    /// <summary>Reads files, and folders as the service reads its own.</summary>
    /// <param name="paths">The paths as they were typed.</param>
    /// <param name="configured">The folder to read when there are none.</param>
    public static PolicyFiles Read(IReadOnlyList<string> paths, Func<string> configured)
    {
        PolicyFiles files = new();
        foreach (string path in paths.Count > 0 ? paths : [configured()])
        {
            if (File.Exists(path))
                files.Add(path, ReadText(path));
            else if (Directory.Exists(path))
                files.Add(path, PolicyFolder.Read(path));
            else
                files._errors.Add(new PolicyError(path, 1, 1, "There is no such file or folder", "Name a policy file, or a folder of them"));
        }

        files.FindDoubles();
        return files;
    }

    /// <summary>Reads a folder that was read already, so that what is checked is what is applied.</summary>
    public static PolicyFiles Of(string path, PolicyFolder folder)
    {
        PolicyFiles files = new();
        files.Add(path, folder);
        files.FindDoubles();
        return files;
    }

    private void Add(string path, PolicyFolder folder)
    {
        if (folder.Unreadable is { } unreadable)
            _errors.Add(unreadable with { File = path });
        if (folder.IsStaged)
        {
            _oddities.Add(new PolicyError(
                Path.Combine(path, AppliedSet.FileName), 1, 1, "An apply was interrupted: the set that it staged is in force, and edits of these files are not", "Apply again"));
        }

        foreach ((string name, string? text) in folder.Files)
            Add(Path.Combine(path, name), text);
    }

    private void Add(string name, string? text)
    {
        if (text is null)
        {
            _errors.Add(new PolicyError(name, 1, 1, "The file cannot be read", "Check its permissions"));
            return;
        }

        LoadedPolicy loaded = PolicyLoader.Read(name, text);
        _errors.AddRange(loaded.Errors);
        _errors.AddRange(GateFindings.Errors(loaded));
        _files.Add(new PolicyFile(name, loaded));
    }

    private void FindDoubles()
    {
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (PolicyFile file in _files.Where(file => file.Loaded.Document is not null))
        {
            string name = file.Loaded.Document!.Metadata.Name;
            if (!seen.TryAdd(name, file.Name))
            {
                _errors.Add(file.Loaded.Places.Error(
                    "/metadata/name", $"The policy '{name}' is already in {seen[name]}", "Give one of them another metadata.name"));
            }
        }
    }

    private static string? ReadText(string path)
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
