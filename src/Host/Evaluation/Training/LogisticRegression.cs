using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Evaluation.Training;

/// <summary>
/// Fits an L2-regularised logistic regression: minimises sum_i c_i log(1 + exp(-y_i (w x_i + b))) + |w|^2 / (2 C) by L-BFGS.
/// Full batches in a fixed order on one thread: the same examples give the same weights.
/// </summary>
internal sealed class LogisticRegression
{
    private readonly SparseVector[] _examples;
    private readonly double[] _signs;
    private readonly double[] _costs;
    private readonly double[] _scales;
    private readonly int _dimension;
    private readonly double _inverseC;

    private LogisticRegression(SparseVector[] examples, bool[] labels, int dimension, LogisticRegressionSettings settings)
    {
        _examples = examples;
        _dimension = dimension;
        _inverseC = 1.0 / settings.C;
        _signs = Array.ConvertAll(labels, label => label ? 1.0 : -1.0);
        int positives = labels.Count(label => label);

        // Both classes weigh the same in sum, whatever their numbers: the threshold then is 1/2 by design.
        _costs = Array.ConvertAll(labels, label => labels.Length / (2.0 * (label ? positives : labels.Length - positives)));
        _scales = Scales(settings);
    }

    /// <summary>Weights (one a bucket) and bias of the fitted model.</summary>
    public static (float[] Weights, double Bias) Fit(
        SparseVector[] examples, bool[] labels, int dimension, LogisticRegressionSettings settings)
    {
        LogisticRegression problem = new(examples, labels, dimension, settings);
        double[] solution = LimitedMemoryBfgs.Minimise(problem.Evaluate, new double[dimension + 1], settings.Iterations);
        float[] weights = new float[dimension];
        for (int i = 0; i < dimension; i++)
        {
            weights[i] = (float)(solution[i] * problem._scales[i]);
        }

        return (weights, solution[dimension]);
    }

    /// <summary>
    /// Each feature's scale before the penalty: 0 where it occurs in too few examples, else the log-count ratio of the two classes,
    /// which spends the weights on telling features. Source: Wang and Manning, "Baselines and bigrams", ACL 2012 (NB-SVM).
    /// </summary>
    private double[] Scales(LogisticRegressionSettings settings)
    {
        double[] positive = new double[_dimension];
        double[] negative = new double[_dimension];
        int[] occurrences = new int[_dimension];
        for (int i = 0; i < _examples.Length; i++)
        {
            double[] counts = _signs[i] > 0 ? positive : negative;
            foreach (int index in _examples[i].Indices)
            {
                counts[index] += _costs[i];
                occurrences[index]++;
            }
        }

        double[] scales = new double[_dimension];
        double half = _examples.Length / 2.0;
        for (int j = 0; j < _dimension; j++)
        {
            if (occurrences[j] >= settings.MinimumOccurrences)
            {
                scales[j] = settings.CountRatioScaling
                    ? Math.Abs(Math.Log((positive[j] + 1.0) / (half + 1.0) * (half + 1.0) / (negative[j] + 1.0)))
                    : 1.0;
            }
        }

        return scales;
    }

    private double Evaluate(double[] point, double[] gradient)
    {
        double loss = 0.0;
        for (int j = 0; j < _dimension; j++)
        {
            gradient[j] = _inverseC * point[j];
            loss += 0.5 * _inverseC * point[j] * point[j];
        }

        gradient[_dimension] = 0.0;
        for (int i = 0; i < _examples.Length; i++)
        {
            int[] indices = _examples[i].Indices;
            float[] values = _examples[i].Values;
            double margin = point[_dimension];
            for (int k = 0; k < indices.Length; k++)
            {
                margin += values[k] * _scales[indices[k]] * point[indices[k]];
            }

            margin *= _signs[i];
            loss += _costs[i] * (margin > 0 ? Math.Log(1.0 + Math.Exp(-margin)) : Math.Log(1.0 + Math.Exp(margin)) - margin);
            double slope = -_costs[i] * _signs[i] / (1.0 + Math.Exp(margin));
            for (int k = 0; k < indices.Length; k++)
            {
                gradient[indices[k]] += slope * values[k] * _scales[indices[k]];
            }

            gradient[_dimension] += slope;
        }

        return loss;
    }
}
