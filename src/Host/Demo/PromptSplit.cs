namespace Unlearning.Host.Demo;

/// <summary>The parts of the bundled prompts. No prompt, and no near-duplicate of one, is in two of them.</summary>
public enum PromptSplit
{
    /// <summary>Traffic that the assistant is asked, and material for the forget, normal and retain sets.</summary>
    Train,

    /// <summary>For tuning, stopping and the choice of a checkpoint.</summary>
    Validation,

    /// <summary>Judged once, never chosen on.</summary>
    Gate,

    /// <summary>What runs train on beside the incidents: known harmful prompts to refuse, and harmless look-alikes to answer.</summary>
    Companion,
}
