namespace Unlearning.Engine.Training;

/// <summary>
/// Endless order over a set: a new shuffle each pass. A pure function of seed and position, so a resumed run needs no saved
/// random state.
/// </summary>
internal sealed class SeededShuffle(int count, int seed)
{
    private int _pass = -1;
    private int[] _order = [];

    /// <summary>Index of the example at <paramref name="position"/> of the endless order.</summary>
    public int At(long position)
    {
        int pass = (int)(position / count);
        if (pass != _pass)
        {
            _order = [.. Enumerable.Range(0, count)];
            new Random(unchecked(seed * 31 + pass)).Shuffle(_order);
            _pass = pass;
        }

        return _order[position % count];
    }
}
