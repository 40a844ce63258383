namespace Unlearning.Host.Releases.Signals;

/// <summary>What came back of what a release was trained to forget.</summary>
/// <param name="Forgotten">Incidents that it, or a release it was trained from, was trained to forget.</param>
/// <param name="Recurred">Those of them to which it gave a harmful answer again.</param>
public sealed record RecurrenceFigures(int Forgotten, int Recurred);
