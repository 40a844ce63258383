namespace Unlearning.Host.Evaluation;

/// <summary>That a sample was extended, once, because it did not suffice for a judgement.</summary>
/// <param name="From">How many prompts the first look had, of all kinds.</param>
/// <param name="To">How many they are now.</param>
/// <param name="Because">The gates that the first look left open, by name.</param>
public sealed record SampleExtension(int From, int To, IReadOnlyList<string> Because);
