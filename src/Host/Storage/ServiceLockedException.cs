namespace Unlearning.Host.Storage;

/// <summary>A service works on the data folder already. The message names the folder, the process and what to do.</summary>
public sealed class ServiceLockedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public ServiceLockedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    public ServiceLockedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">What the system said.</param>
    public ServiceLockedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal ServiceLockedException(DataFolder folder, int? process)
        : base(
            $"A service{(process is { } id ? $" (process {id})" : "")} works on the data folder '{folder.Path}'. Stop it first, or set "
            + $"{UnlearningOptions.SectionName}:{nameof(UnlearningOptions.DataDirectory)} to a folder of its own for each service.")
    {
    }
}
