using System.Text.RegularExpressions;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Incidents.Review;

/// <summary>Whose an incident can be.</summary>
internal static partial class Assignee
{
    /// <summary>The name that is meant; null for nobody's.</summary>
    /// <exception cref="ReviewException">It is no name of anybody.</exception>
    public static string? Of(string? written, string me) => written switch
    {
        null or IncidentFilter.Nobody => null,
        IncidentFilter.Me => me,
        _ when Name().IsMatch(written) => written,
        _ => throw new ReviewException(
            $"An assignee's name has 1 to 64 letters, digits and . _ - @ + :, as those of access keys; '{IncidentFilter.Me}' is yourself.", field: "assignee"),
    };

    [GeneratedRegex(@"^[\p{L}\p{Nd}._@+:-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
