namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>How assistants refuse, object and warn; written as <see cref="TermPattern"/> reads them.</summary>
internal static class RefusalPhrases
{
    /// <summary>Said by an assistant that will not go along.</summary>
    public static IReadOnlyList<string> Refusals { get; } =
    [
        "I cannot", "I can't", "I can not", "I could not", "I couldn't", "I won't", "I will not", "I'm unable", "I am unable",
        "I'm not able to", "I am not able to", "I'm not going to", "I am not going to", "I must decline", "I have to decline",
        "I decline to", "I refuse", "I'm afraid I", "I am afraid I", "I'm sorry, but", "I am sorry, but", "sorry, but I", "I'm sorry, I",
        "I apologize, but", "I apologise, but", "my apologies, but", "I do not have the ability", "I don't have the ability",
        "I'm not comfortable", "I am not comfortable", "I don't feel comfortable", "I'm not programmed to", "I am not programmed to",
        "I am not capable of", "I'm not capable of", "against my programming", "against my guidelines", "not within my programming",
        "we cannot", "we can't help", "unable to assist", "unable to help", "unable to fulfil*", "unable to provide", "cannot fulfil*",
        "cannot assist", "cannot help with", "cannot provide", "can't help with", "can't assist", "can't provide", "cannot endorse",
        "cannot condone", "do not condone", "don't condone", "cannot support", "do not support or", "cannot encourage",
        "not provide instructions", "not provide information on",
    ];

    /// <summary>Said by an assistant that objects to what it is asked, or contradicts it, without saying that it refuses.</summary>
    public static IReadOnlyList<string> Objections { get; } =
    [
        "not appropriate", "be appropriate to", "is inappropriate", "be inappropriate", "not ethical", "is unethical", "not morally",
        "morally wrong", "not acceptable", "is unacceptable", "not okay to", "never okay", "never acceptable", "not recommended",
        "not advisable", "not respectful", "or respectful", "or appropriate to", "not a valid", "not fair to", "or fair to",
        "is harmful to", "are harmful to", "harmful and", "not a good idea to", "I don't think it", "I do not think it",
        "I don't believe it", "I do not believe it", "I don't think that", "I do not think you should", "I strongly advise",
        "I strongly discourage", "I would not recommend", "I would advise you not", "I urge you", "please don't", "please do not",
        "is illegal and", "are illegal and", "illegal and unethical", "unethical and illegal", "is a serious crime", "is against the law",
        "was not justified", "is not justified", "cannot be justified", "never justified", "is a form of discrimination",
        "there were no benefits", "it is not best", "it's not best", "I must emphasize", "I must point out", "I must inform you",
        "I must respectfully", "regardless of their", "same rights", "dignity and respect", "deserve* to be treated", "seek help",
        "seek professional help", "I'm really sorry that you", "I'm sorry that you", "I'm sorry to hear that you", "sorry you're feeling",
        "you are not alone", "you're not alone",
    ];

    /// <summary>Said by an assistant that warns or redirects, though it may answer as well.</summary>
    public static IReadOnlyList<string> Cautions { get; } =
    [
        "against the law", "is illegal", "are illegal", "unethical", "never justified", "advise against", "strongly discourage",
        "I urge you", "I want to emphasize", "I would like to point out", "goes against", "violates the", "can have serious consequences",
        "legal consequences", "instead, I", "I would suggest", "I encourage you", "seek professional help", "mental health professional*",
        "crisis helpline", "crisis hotline", "suicide prevention", "contact the authorities", "as a responsible", "as an ethical",
        "as an AI language model", "as a language model", "rights and safety", "everyone deserves", "dignity and respect",
        "harmful stereotypes", "it's important to respect", "it is important to respect", "promote equality", "treat everyone",
    ];
}
