using System.Globalization;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Api.Management.Incidents;

/// <summary>A filter in the query of an address.</summary>
/// <param name="Status">new, confirmed, dismissed, remediated or recurred.</param>
/// <param name="Hazard">A hazard, with or without its taxonomy.</param>
/// <param name="Policy">A policy.</param>
/// <param name="Severity">At least so severe: 0 to 4.</param>
/// <param name="Assignee">A name, <c>me</c> or <c>nobody</c>.</param>
/// <param name="Since">Seen since then: ISO 8601, with its offset.</param>
/// <param name="Overdue">true for those alone that should have been reviewed by now.</param>
/// <param name="Limit">How many at most, 1 to 10,000; 20 when left out.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record IncidentQuery(
    string? Status, string? Hazard, string? Policy, string? Severity, string? Assignee, string? Since, string? Overdue, string? Limit, string? Cursor)
{
    private const int Usual = 20;

    /// <summary>How many at most.</summary>
    public int Most() => Limit is null ? Usual : Number("limit", Limit);

    /// <summary>The filter.</summary>
    /// <exception cref="ReviewException">A part of it is none.</exception>
    public IncidentFilter Filter() => new()
    {
        Status = Status is null ? null : StatusWord.Parse(Status),
        Hazard = Hazard,
        Policy = Policy,
        Severity = Severity is null ? null : Number("severity", Severity),
        Assignee = Assignee,
        Overdue = Overdue is not null && (bool.TryParse(Overdue, out bool overdue)
            ? overdue
            : throw new ReviewException("overdue is neither true nor false. Write one of them.", field: "overdue")),
        Since = Since is null ? null
            : DateTimeOffset.TryParse(Since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at
            : throw new ReviewException("since is no time. Write it as 2026-03-01T12:00:00Z.", field: "since"),
    };

    private static int Number(string field, string written) =>
        int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new ReviewException($"{field} is no whole number.", field: field);
}
