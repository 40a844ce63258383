namespace Unlearning.Host.Privacy;

/// <summary>Stored text cannot be read because its keys are not in the configured folder. The message names the folder and the fix.</summary>
public sealed class KeyRingException : IOException
{
    /// <summary>Creates the exception.</summary>
    public KeyRingException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    public KeyRingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">What the encryption said.</param>
    public KeyRingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
