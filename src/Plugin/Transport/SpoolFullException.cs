namespace Unlearning.Plugin.Transport;

/// <summary>The spool has no room for an incident, which is therefore not acknowledged.</summary>
public sealed class SpoolFullException : IOException
{
    /// <summary>Creates the exception.</summary>
    public SpoolFullException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is full and what to do.</param>
    public SpoolFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is full and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public SpoolFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
