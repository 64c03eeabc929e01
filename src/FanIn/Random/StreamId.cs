using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace FanIn;

/// <summary>
/// The 64-bit number of a key: the first 8 bytes, little-endian, of the SHA-256 of its UTF-8 text. A hash and not a
/// counter, so that no parameter's numbers depend on which others exist; a cryptographic one, so that names that
/// differ in a digit are as far apart as any.
/// </summary>
internal static class StreamId
{
    /// <summary>The number of the empty key.</summary>
    public const ulong OfEmptyKey = 0x141cfc9842c4b0e3;

    public static ulong Of(string key) => Of(key, "");

    /// <summary>The number of the key that is made of two parts.</summary>
    public static ulong Of(string key, string end)
    {
        const int OnStack = 512;
        var size = Encoding.UTF8.GetMaxByteCount(key.Length) + Encoding.UTF8.GetMaxByteCount(end.Length);
        var rented = size > OnStack ? ArrayPool<byte>.Shared.Rent(size) : null;
        try
        {
            Span<byte> utf8 = rented ?? stackalloc byte[OnStack];
            var length = Encode(key, utf8);
            length += Encode(end, utf8[length..]);
            Span<byte> hash = stackalloc byte[Sha256.HashBytes];
            Sha256.Hash(utf8[..length], hash);
            return BinaryPrimitives.ReadUInt64LittleEndian(hash);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static int Encode(string key, Span<byte> utf8)
    {
        var status = Utf8.FromUtf16(key, utf8, out var read, out var written, replaceInvalidSequences: false);
        return status == OperationStatus.Done
            ? written
            : throw new ArgumentException(
                $"The key has half a surrogate pair at index {read}; a key must be well-formed UTF-16.",
                nameof(key)
            );
    }
}
