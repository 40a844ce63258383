using System.Threading.Channels;
using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference;

/// <summary>A chat that waits for, or takes part in, decoding. Shown text goes to <see cref="Shown"/>.</summary>
internal sealed record ChatRequest(GenerationSequence Sequence, LoraAdapter? Adapter, ChannelWriter<string> Shown, CancellationToken Cancelled);
