namespace Unlearning.Host.Tests.Evaluation;

/// <summary>Where the sources are, for tests of files that are not built into the program.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Unlearning.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Unlearning.sln was not found above the tests.");
    }
}
