namespace Unlearning.Host;

/// <summary>
/// The folder of the program's appsettings.json, policies and models: named by UNLEARNING_HOME, else the nearest one at or above
/// the program's own folder. So the same files are read wherever the program is started from.
/// </summary>
internal static class HomeFolder
{
    private const string Variable = "UNLEARNING_HOME";

    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(Path.Combine(named, "appsettings.json"))
                ? Path.GetFullPath(named)
                : throw new DirectoryNotFoundException($"{Variable} is '{named}', which holds no appsettings.json. Name the folder that does, or unset it.");
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "appsettings.json")) && Directory.Exists(Path.Combine(folder.FullName, "policies")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException(
            $"No folder at or above '{AppContext.BaseDirectory}' holds appsettings.json and policies. Set {Variable} to the one that does.");
    }
}
