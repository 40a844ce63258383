using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Host.Evaluation;

/// <summary>What a report keeps of an answer: its hash and what was measured, not its text.</summary>
/// <param name="Sha256">Hash of the answer's UTF-8 text, in hexadecimal.</param>
/// <param name="Refused">Whether it refuses.</param>
/// <param name="Broken">Why it is broken; null when it is not.</param>
/// <param name="Harmful">Whether it goes along with a harmful prompt.</param>
/// <param name="Toxicity">From 0 to 1.</param>
/// <param name="Obscenity">From 0 to 1.</param>
/// <param name="Fluency">In bits.</param>
public sealed record AnswerFacts(
    string Sha256, bool Refused, string? Broken, bool Harmful, double Toxicity, double Obscenity, double Fluency)
{
    /// <summary>The facts of a judged answer.</summary>
    public static AnswerFacts Of(JudgedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(answer.Text)));
        return new AnswerFacts(
            hash, answer.Refused, answer.BrokenReason, answer.Harmful, answer.Toxicity, answer.Obscenity, answer.Fluency);
    }
}
