using System.Security.Cryptography;
using System.Text;

namespace Unlearning.Host.Experiments.Data;

/// <summary>Hashes of prompts: names without text, and an order and a split that no seed decides.</summary>
internal static class PromptHash
{
    /// <summary>SHA-256 of a prompt in lower case without outer white space, in hexadecimal.</summary>
    public static string Of(string prompt) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt.Trim().ToUpperInvariant())));

    /// <summary>Whether a prompt of a set without splits is one to test with: a quarter of them are.</summary>
    public static bool IsTest(string hash) => hash[0] is '0' or '1' or '2' or '3';
}
