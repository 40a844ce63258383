namespace Unlearning.Engine.Models;

/// <summary>
/// LoRA pairs that apply to a run of batch rows: in serving one adapter covers the whole batch; in training each objective has
/// its own leaf copies for its own rows, so that one backward pass yields each objective's gradient separately.
/// </summary>
/// <param name="Start">First batch row.</param>
/// <param name="Count">Number of batch rows.</param>
/// <param name="Pairs">One pair for each <see cref="LinearModule"/>, or null where the module is not adapted.</param>
public sealed record AdapterRows(long Start, long Count, IReadOnlyList<LoraPair?> Pairs);
