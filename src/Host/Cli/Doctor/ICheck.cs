namespace Unlearning.Host.Cli.Doctor;

/// <summary>One thing that must be right for the service to work. Changes nothing. May throw: then it says that it could not be checked.</summary>
internal interface ICheck
{
    /// <summary>What is checked, in a word or two.</summary>
    string Name { get; }

    /// <summary>Checks it.</summary>
    Task<Finding> RunAsync(CancellationToken cancellationToken);
}
