using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Philox4x32-10, a counter-based generator: four random words are a bijection of a 128-bit counter under a 64-bit
/// key, so that any word can be had without the ones before it. J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
/// "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
/// </summary>
internal static class Philox4x32
{
    public const int WordsPerBlock = 4;

    /// <summary>The four words of one counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint W0, uint W1, uint W2, uint W3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53UL * c0;
            var p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            // Weyl sequences of the golden ratio and of sqrt(3) - 1.
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The words of consecutive blocks of one stream: counter = (block, stream), key = seed.</summary>
    public static void Fill(Span<uint> words, ulong seed, ulong stream, ulong firstBlock) =>
        FillWhole<uint>(words, seed, stream, firstBlock);

    /// <summary>The same words by twos: the even word is the high half, whatever the machine's byte order.</summary>
    public static void Fill(Span<ulong> words, ulong seed, ulong stream, ulong firstBlock) =>
        FillWhole<ulong>(MemoryMarshal.Cast<ulong, uint>(words), seed, stream, firstBlock);

    private static void FillWhole<TWord>(Span<uint> words, ulong seed, ulong stream, ulong firstBlock)
    {
        while (words.Length >= WordsPerBlock)
        {
            // Up to where the counter carries into its second word.
            var blocks = (int)Math.Min((ulong)(words.Length / WordsPerBlock), (1UL << 32) - (uint)firstBlock);
            var done = Philox4x32Vector.Fill<TWord>(
                ref MemoryMarshal.GetReference(words),
                blocks,
                seed,
                stream,
                firstBlock
            );
            FillScalar<TWord>(
                words[(done * WordsPerBlock)..(blocks * WordsPerBlock)],
                seed,
                stream,
                firstBlock + (ulong)done
            );
            words = words[(blocks * WordsPerBlock)..];
            firstBlock += (ulong)blocks;
        }
    }

    /// <summary>The form that the vectors are held against: one block after the other.</summary>
    /// <param name="words">Gets 32-bit words, or long ones if TWord is <see cref="ulong"/>.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">The stream's number.</param>
    /// <param name="firstBlock">The first block.</param>
    public static void FillScalar<TWord>(Span<uint> words, ulong seed, ulong stream, ulong firstBlock)
    {
        for (var i = 0; i + WordsPerBlock <= words.Length; i += WordsPerBlock)
        {
            var (w0, w1, w2, w3) = StreamBlock(seed, stream, firstBlock++);
            if (typeof(TWord) == typeof(ulong))
            {
                var pair = MemoryMarshal.Cast<uint, ulong>(words.Slice(i, WordsPerBlock));
                pair[0] = ((ulong)w0 << 32) | w1;
                pair[1] = ((ulong)w2 << 32) | w3;
            }
            else
            {
                words[i] = w0;
                words[i + 1] = w1;
                words[i + 2] = w2;
                words[i + 3] = w3;
            }
        }
    }

    private static (uint W0, uint W1, uint W2, uint W3) StreamBlock(ulong seed, ulong stream, ulong block) =>
        Block((uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32), (uint)seed, (uint)(seed >> 32));
}
