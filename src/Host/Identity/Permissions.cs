namespace Unlearning.Host.Identity;

/// <summary>What an endpoint asks for.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Ask the model.</summary>
    Ask = 1,

    /// <summary>Report incidents.</summary>
    Report = 2,

    /// <summary>Read incidents (masked), runs, releases, policies and the audit.</summary>
    View = 4,

    /// <summary>Reveal, confirm, dismiss, assign and comment incidents.</summary>
    Review = 8,

    /// <summary>Start, pause, cancel and retry runs, start a canary, roll back. Policies are files: whoever may write their folder puts them in force.</summary>
    Operate = 16,

    /// <summary>Approve or reject a release.</summary>
    Approve = 32,

    /// <summary>Make and revoke keys.</summary>
    Administer = 64,

    /// <summary>All of them.</summary>
    All = Ask | Report | View | Review | Operate | Approve | Administer,
}
