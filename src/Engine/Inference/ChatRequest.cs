using System.Threading.Channels;

namespace Unlearning.Engine.Inference;

/// <summary>A chat that waits for, or takes part in, decoding. Shown text goes to <see cref="Shown"/>.</summary>
internal sealed record ChatRequest(GenerationSequence Sequence, ChannelWriter<string> Shown, CancellationToken Cancelled);
