namespace Unlearning.Plugin.Transport.Wire;

/// <summary>Why a Host rejected a record, as problem details (RFC 9457).</summary>
/// <param name="Title">The kind of problem.</param>
/// <param name="Status">An HTTP status, 400 to 499.</param>
/// <param name="Detail">What is wrong and how to mend it; never text of the record.</param>
/// <param name="Field">The field at fault, such as <c>incidents[3].matches[0].severity</c>.</param>
internal sealed record RecordProblem(string Title, int Status, string Detail, string? Field);
