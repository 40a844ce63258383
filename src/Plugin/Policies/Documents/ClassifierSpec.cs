namespace Unlearning.Plugin.Policies.Documents;

internal sealed record ClassifierSpec(string Of, double Threshold = 0.5);
