namespace Unlearning.Host;

/// <summary>
/// The folder of the program's appsettings.json, policies and models: named by UNLEARNING_HOME, else the nearest one at or above
/// the program's own folder. So the same files are read wherever the program is started from.
/// </summary>
internal static class HomeFolder
{
    private const string Variable = "UNLEARNING_HOME";

    /// <summary>
    /// What relative data folders are relative to: the home folder, but for an installed tool the user's own folder of application data,
    /// because a tool's folder is replaced when the tool is updated.
    /// </summary>
    /// <param name="home">The home folder.</param>
    /// <param name="program">The program's own folder.</param>
    public static string ForData(string home, string program) =>
        Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } && File.Exists(Path.Combine(program, "DotnetToolSettings.xml"))
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "unlearning")
            : home;

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
