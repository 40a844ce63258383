using System.Buffers.Binary;
using System.Buffers.Text;

namespace Unlearning.Host.Incidents.Review.Lists;

/// <summary>Where a page ended: the last incident's time and id. Incidents that come or are seen meanwhile shift nothing.</summary>
/// <param name="LastSeen">Its time.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct IncidentCursor(DateTimeOffset LastSeen, Guid Id)
{
    private const int Size = sizeof(long) + 16;

    /// <summary>As callers carry it.</summary>
    public override string ToString()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, LastSeen.UtcTicks);
        Id.TryWriteBytes(bytes.AsSpan(sizeof(long)), bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="ReviewException">It is none.</exception>
    public static IncidentCursor Parse(string written)
    {
        byte[] bytes = Base64Url.IsValid(written) ? Base64Url.DecodeFromChars(written) : [];
        long ticks = bytes.Length == Size ? BinaryPrimitives.ReadInt64BigEndian(bytes) : -1;
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new IncidentCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes.AsSpan(sizeof(long)), bigEndian: true))
            : throw new ReviewException("The cursor is none. Take 'next' of the page before, as it is.", field: "cursor");
    }
}
