namespace Unlearning.Host.Incidents.Review.Bulk;

/// <summary>What became of a wish about many incidents.</summary>
/// <param name="Action">What was wished, in lower case.</param>
/// <param name="Filter">To which, in words.</param>
/// <param name="Dry">Whether nothing was changed.</param>
/// <param name="Matched">How many incidents the filter fits.</param>
/// <param name="Changed">How many are different now; of a dry run 0.</param>
internal sealed record BulkReport(string Action, string Filter, bool Dry, int Matched, int Changed);
