namespace Unlearning.Plugin.Privacy;

/// <summary>Turns who the app was talking to into a keyed hash, before it leaves the recorder.</summary>
/// <remarks>The host has one. An app without it hands the subject on as the app names it, to be hashed where it is stored.</remarks>
public interface ISubjectHasher
{
    /// <summary>Hashes a subject. The same subject gives the same hash, and a hash gives itself.</summary>
    /// <param name="subject">A subject, or a hash that this gave before.</param>
    /// <returns>The hash, which only a holder of the key can compare with a guess.</returns>
    string HashSubject(string subject);
}
