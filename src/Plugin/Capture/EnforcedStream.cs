namespace Unlearning.Plugin.Capture;

/// <summary>A stream under policies that warn or refuse; its choices are judged apart.</summary>
internal sealed class EnforcedStream<T>(IStreamForm<T> form, ModelCall call, CallEnforcement enforcement)
    where T : class
{
    private readonly SortedDictionary<int, HeldChoice<T>> _choices = [];

    /// <summary>Takes the model's next piece.</summary>
    /// <returns>What the caller gets now.</returns>
    public IEnumerable<T> Push(T piece)
    {
        // A decorator nearer to the model judges already; what it lets pass, and its refusals, go on as they are.
        if (call.EnforcedInside)
        {
            return [piece];
        }

        int index = form.ChoiceOf(piece);
        if (!_choices.TryGetValue(index, out HeldChoice<T>? choice))
        {
            _choices.Add(index, choice = new HeldChoice<T>(form, enforcement, enforcement.HoldBack));
        }

        return choice.Push(piece);
    }

    /// <summary>Judges what has not been judged, once the model is done.</summary>
    /// <returns>What the caller gets last.</returns>
    public IEnumerable<T> End() => _choices.Values.SelectMany(choice => choice.End());
}
