namespace Unlearning.Engine.Models;

/// <summary>Neighbouring rows of a batch that share an adapter.</summary>
/// <param name="Adapter">Null for the frozen base.</param>
/// <param name="Start">First batch row.</param>
/// <param name="Count">Number of batch rows.</param>
internal sealed record AdapterRun(LoraAdapter? Adapter, int Start, int Count);
