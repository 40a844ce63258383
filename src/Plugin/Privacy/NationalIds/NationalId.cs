namespace Unlearning.Plugin.Privacy.NationalIds;

/// <summary>The numbers by which states know people, as far as their form or their check digits tell them from other numbers.</summary>
internal static class NationalId
{
    /// <summary>What takes their place.</summary>
    public const string Placeholder = "[national-id]";

    /// <summary>Numbers whose form is their own.</summary>
    public static IReadOnlyList<Scrubber> Distinctive { get; } =
    [
        new UnitedStatesScrubber(),
        new UnitedKingdomScrubber(),
        new GermanyScrubber(),
        new FranceScrubber(),
        new SpainScrubber(),
        new ItalyScrubber(),
        new PolandScrubber(),
        new BrazilScrubber(),
        new BelgiumScrubber(),
        new SwedenScrubber(),
        new FinlandScrubber(),
        new SwitzerlandScrubber(),
        new IndiaScrubber(),
    ];

    /// <summary>Numbers that only a word before them tells from others.</summary>
    public static IReadOnlyList<Scrubber> Announced { get; } =
    [
        new UnitedKingdomHealthScrubber(),
        new NetherlandsScrubber(),
        new CanadaScrubber(),
    ];
}
