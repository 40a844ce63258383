namespace Unlearning.Benchmarks;

/// <summary>One figure of the table: what it is, and what it is compared with.</summary>
/// <param name="Name">Name in the table, the JSON and <c>--filter</c>.</param>
/// <param name="Unit">Unit of value, peer and goal.</param>
/// <param name="Meaning">One line for <c>--list</c>.</param>
/// <param name="Goal">What is to be reached; null for a figure that only informs.</param>
/// <param name="Peer">The best-known peer's figure in the same unit; null where there is none.</param>
/// <param name="PeerNote">Who the peer is, and its other figures.</param>
/// <param name="OnRequest">Measured only when <c>--filter</c> names it.</param>
internal sealed record Row(
    string Name, string Unit, string Meaning, Goal? Goal = null, double? Peer = null, string PeerNote = "", bool OnRequest = false);
