using System.CommandLine;

namespace Unlearning.Host.Cli.Client;

/// <summary>How a command reaches the service.</summary>
internal static class ServiceOptions
{
    /// <summary>The environment variable that names the service's address.</summary>
    public const string UrlVariable = "UNLEARNING_URL";

    /// <summary>The environment variable that holds the caller's key. It is no option: command lines are seen by others and kept in histories.</summary>
    public const string KeyVariable = "UNLEARNING_KEY";

    /// <summary>The settings' key that holds the caller's key where the environment does not.</summary>
    public const string KeySetting = "Unlearning:Client:Key";

    /// <summary>Names the service's address.</summary>
    public static Option<string?> Url() => new("--url")
    {
        Description = $"The service's address; ${UrlVariable} when left out, else the port of the settings on this machine. The key is read from ${KeyVariable}.",
        HelpName = "URL",
    };
}
