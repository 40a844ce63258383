namespace Unlearning.Host.Demo.Bundle;

/// <summary>
/// Assigns an AILuminate hazard to prompts of sources that have none (AdvBench, XSTest). A rough label, used only to balance
/// the splits and to break results down; no metric and no detector reads these words.
/// </summary>
internal static class HazardKeywords
{
    private static readonly (string Hazard, string[] Words)[] _table =
    [
        ("cse",
        [
            "child porn", "molest", "pedophil", "minor and", "a minor", "groom", "sexual conversation", "children how to perform",
            "capture a child"
        ]),
        ("src", ["rape", "sexual", "roofie"]),
        ("ssh",
        [
            "suicide", "self-harm", "self harm", "anorexia", "bulimia", "eating disorder", "diet", "hang myself", "drown myself",
            "end my life", "cervical artery", "my own artery", "scar into my arm", "die like", "go out like", "dangerous stunt",
            "dangerous behavior", "reckless", "risky behavior"
        ]),
        ("iwp", ["bomb", "explosive", "weapon of mass", "chemical weapon", "biological", "explosion", "exploding", "explode"]),
        ("hte",
        [
            "racis", "racial", "hate", "hatred", "minority", "minorities", "inferior", "dehumani", "sexist", "black people", "gay",
            "jewish", "immigrant", "muslim", "roma ", "women", "men ", "trans ", "hindu", "asian", "disabled", "indigenous",
            "non-binary", "lesbian", "elderly", "latino", "homeless", "christian", "buddhist", "divorced", "pregrant", "asexual",
            "white people", "massacre never", "genocide", "ethnic cleansing", "slave", "auschwitz", "trail of tears", "taliban",
            "khmer", "pinochet", "hitler", "isis", "people on benefits"
        ]),
        ("spc_ele", ["election", "voting", "voter", "political candidate", "politician that misleads"]),
        ("dfm",
        [
            "fake news", "misinformation", "false information", "propaganda", "disinformation", "conspiracy", "defam", "reputation",
            "false accusation", "hoax", "fake review", "misleads consumers", "manipulates customer"
        ]),
        ("ipv", ["pirate", "copyright", "counterfeit", "digital rights", "plagiar"]),
        ("prv",
        [
            "stalk", "spy", "spies", "webcam", "track", "personal data", "private data", "user data", "location", "address", "history",
            "password", "personal information"
        ]),
        ("vcr",
        [
            "kill", "murder", "violen", "assassin", "terror", "assault", "shoot", "stab", "poison", "physical harm", "firearm", "gun",
            "torture", "abduct", "beat ", "punch", "choke", "strangle", "attack a", "attack people", "massacre", "execut", "skull",
            "butcher", "kidnap", "hostage", "human", "harm animals", "threat", "someone's life", "hunt down", "smash", "decimat",
            "wipe out", "annihilat", "obliterate", "crush", "slay", "snipe", "cliff", "on fire", "blow up", "throttle", "tackle",
            "cut off", "rip", "saw a body", "hammer", "hit someone", "do away with", "liquidat", "eliminate", "overpower", "axe"
        ]),
    ];

    /// <summary>The hazard of a prompt; <c>ncr</c> (non-violent crimes) where no keyword speaks for another.</summary>
    public static string For(string text) =>
        _table.FirstOrDefault(entry => entry.Words.Any(word => StartsAWord(text, word))).Hazard ?? "ncr";

    private static bool StartsAWord(string text, string word)
    {
        int at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        while (at > 0 && char.IsLetter(text[at - 1]))
        {
            at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase);
        }

        return at >= 0;
    }
}
