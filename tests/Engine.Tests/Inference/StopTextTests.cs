using CsCheck;
using Unlearning.Engine.Inference;

namespace Unlearning.Engine.Tests.Inference;

public sealed class StopTextTests
{
    [Fact]
    public void A_stop_string_across_pieces_ends_the_text_and_no_part_of_it_is_shown()
    {
        StopText text = new(["END.", "###"]);
        Assert.Equal("Hello ", text.Append("Hello E", last: false));
        Assert.Equal("", text.Append("N", last: false));
        Assert.False(text.Stopped);
        Assert.Equal("", text.Append("D. more", last: false));
        Assert.True(text.Stopped);
        Assert.Equal("Hello ", text.ToString());
    }

    [Fact]
    public void What_turns_out_to_be_no_stop_string_is_shown_after_all()
    {
        StopText text = new(["END."]);
        Assert.Equal("the ", text.Append("the END", last: false));
        Assert.Equal("END of ", text.Append(" of ", last: false));
        Assert.Equal("EN", text.Append("EN", last: true));
        Assert.Equal("the END of EN", text.ToString());
    }

    [Fact]
    public void Shown_pieces_join_to_the_text_before_the_first_stop_string_however_it_is_cut()
    {
        Gen<string> word = Gen.String[Gen.Char["ab"], 1, 3];
        Gen.Select(Gen.String[Gen.Char["ab"], 0, 12], word.Array[0, 2], Gen.Int[1, 4]).Sample((whole, stops, size) =>
        {
            StopText text = new(stops);
            string shown = "";
            foreach (char[] piece in whole.Chunk(size))
            {
                shown += text.Append(new string(piece), last: false);
                if (text.Stopped)
                    break;
            }

            if (!text.Stopped)
                shown += text.Append("", last: true);
            int end = stops.Select(stop => EarliestCompleted(whole, stop, size)).Append((int.MaxValue, whole.Length)).Min().Item2;
            return shown == text.ToString() && shown == whole[..end];
        });

        // The piece that completes a stop string decides; within it, the stop string that begins first.
        static (int Piece, int Start) EarliestCompleted(string whole, string stop, int size)
        {
            int at = whole.IndexOf(stop, StringComparison.Ordinal);
            return at < 0 ? (int.MaxValue, whole.Length) : ((at + stop.Length - 1) / size, at);
        }
    }
}
