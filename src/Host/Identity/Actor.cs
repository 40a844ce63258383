namespace Unlearning.Host.Identity;

/// <summary>Who does something.</summary>
/// <param name="Name">The identity, which four eyes compares and the audit records.</param>
/// <param name="Permissions">What it may do.</param>
public sealed record Actor(string Name, Permissions Permissions)
{
    /// <summary>Whoever reaches the port while no key exists: the port is loopback only until then.</summary>
    public static Actor Local { get; } = new("local", Permissions.All);

    /// <summary>The service itself, on schedule or by a rule.</summary>
    public static Actor Service { get; } = new("service", Permissions.All);

    /// <summary>A kernel function, called by the app or its model in this process.</summary>
    public static Actor Function { get; } = new("function", Permissions.All);

    /// <summary>The system's user who works on the data folder itself, without the service.</summary>
    public static Actor System { get; } = new($"os:{Environment.UserName}", Permissions.All);

    /// <summary>Names that no key may have.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [Local.Name, Service.Name, Function.Name, KnownKeys.ConfiguredName];

    /// <summary>The role in which it acts; an administrator's where it has none of its own.</summary>
    public Role Role { get; init; } = Role.Admin;

    /// <summary>Whether a name is the service's own.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it has all of these permissions.</summary>
    public bool May(Permissions wanted) => (Permissions & wanted) == wanted;
}
