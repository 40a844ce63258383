using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Serving;

/// <summary>Gives every conversation a place from 0 to 1, the same for all its turns and evenly spread over conversations.</summary>
/// <remarks>
/// A conversation is its <see cref="ChatOptions.ConversationId"/> where the caller gives one, else what does not change while it goes on:
/// the system message and the user's first message. So conversations that begin alike and name no id have one place.
/// </remarks>
internal static class ConversationShare
{
    /// <summary>The place of a conversation, at least 0 and less than 1.</summary>
    /// <param name="salt">Another one gives every conversation another place.</param>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="options">The call's options.</param>
    public static double PlaceOf(string salt, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, salt);
        if (options?.ConversationId is { Length: > 0 } id)
        {
            Append(hash, "id");
            Append(hash, id);
        }
        else
        {
            Append(hash, "opening");
            Append(hash, options?.Instructions ?? string.Empty);
            Append(hash, TextOfFirst(messages, ChatRole.System));
            Append(hash, TextOfFirst(messages, ChatRole.User));
        }

        // 53 bits, as many as a double holds exactly.
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset()) >> 11) * (1.0 / (1UL << 53));
    }

    private static string TextOfFirst(IReadOnlyList<ChatMessage> messages, ChatRole role) =>
        messages.FirstOrDefault(message => message.Role == role)?.Text ?? string.Empty;

    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
