using System.Text;

namespace Unlearning.Host.Audit;

/// <summary>
/// The bytes of an audit. What comes after the end of the last line was cut short by a crash before anybody was told of it; it is no
/// entry, and the next entry takes its place.
/// </summary>
internal sealed class AuditText(byte[] bytes)
{
    /// <summary>The lines, oldest first, without their ends.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            for (int start = 0, end; (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
            {
                yield return Encoding.UTF8.GetString(bytes, start, end - start);
            }
        }
    }

    /// <summary>Bytes after the end of the last line.</summary>
    public int CutShort => bytes.Length - 1 - Array.LastIndexOf(bytes, (byte)'\n');

    /// <summary>The whole lines' bytes.</summary>
    public byte[] Whole => bytes[..^CutShort];
}
