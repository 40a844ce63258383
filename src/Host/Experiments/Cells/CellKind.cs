namespace Unlearning.Host.Experiments.Cells;

/// <summary>What a cell is for.</summary>
internal enum CellKind
{
    /// <summary>The untrained model.</summary>
    Base,

    /// <summary>A training that helps to choose a learning rate; judged by the validation split alone.</summary>
    Tuning,

    /// <summary>A training with the chosen rate, measured on the test prompts.</summary>
    Result,

    /// <summary>Several runs in a row with the chosen rate, each on incidents of its own.</summary>
    Successive,
}
