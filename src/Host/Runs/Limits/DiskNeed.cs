using Unlearning.Engine.Models;

namespace Unlearning.Host.Runs.Limits;

/// <summary>Estimates what a run writes, and refuses one that would fill the disk before it has cost anything.</summary>
internal static class DiskNeed
{
    private const long Float = sizeof(float), Megabyte = 1024 * 1024;

    // The sets, the plots and the reports.
    private const long Small = 16 * Megabyte;

    /// <summary>Bytes a run needs at its peak.</summary>
    /// <param name="config">The base's shape.</param>
    /// <param name="rank">The adapter's rank.</param>
    /// <param name="requantises">Whether the evaluation writes a rounded model for a while.</param>
    /// <remarks>
    /// A file that is replaced is there twice for a moment: two checkpoints (the parameters and what the optimiser keeps of each, two
    /// more), two best adapters; and one release.
    /// </remarks>
    public static long Of(LlamaConfig config, int rank, bool requantises)
    {
        long query = (long)config.HeadCount * config.HeadDim, key = (long)config.KeyValueHeadCount * config.HeadDim;
        long hidden = config.HiddenSize, inner = config.IntermediateSize;
        long perLayer = (2 * (hidden + query)) + (2 * (hidden + key)) + (3 * (hidden + inner));
        long parameters = perLayer * config.LayerCount * rank;
        long model = requantises
            ? Float * ((config.LayerCount * ((2 * hidden * query) + (2 * hidden * key) + (3 * hidden * inner))) + (2L * config.VocabularySize * hidden))
            : 0;
        return (Float * parameters * ((2 * 3) + 2 + 1)) + model + Small;
    }

    /// <summary>Bytes that must be free before a run starts.</summary>
    /// <param name="needed">What it needs.</param>
    /// <param name="marginMb">Megabytes that must stay free beyond that.</param>
    public static long WithMargin(long needed, int marginMb) => needed + (marginMb * Megabyte);

    /// <summary>Checks that it fits.</summary>
    /// <exception cref="DiskSpaceException">It does not.</exception>
    public static void Require(long needed, int marginMb, string folder, IFreeSpace space)
    {
        needed = WithMargin(needed, marginMb);
        long free = space.FreeBytes(folder);
        if (free < needed)
            throw new DiskSpaceException(folder, needed, free);
    }
}
