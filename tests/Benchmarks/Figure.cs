namespace Unlearning.Benchmarks;

/// <summary>A measured row.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Value">In the row's unit; null when this build or machine cannot be measured.</param>
/// <param name="Note">How it was measured where that is not the usual way, or why it was not.</param>
/// <param name="Scaled">Measured on less than the row asks for, so that its goal says nothing about it.</param>
internal sealed record Figure(string Name, double? Value, string Note = "", bool Scaled = false)
{
    /// <summary>A row that cannot be measured.</summary>
    public static Figure NotAvailable(string name, string why) => new(name, null, "not available: " + why);
}
