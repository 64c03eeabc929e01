using System.Runtime.CompilerServices;

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
    public static void Fill(Span<uint> words, ulong seed, ulong stream, ulong firstBlock)
    {
        for (var i = 0; i + WordsPerBlock <= words.Length; i += WordsPerBlock)
        {
            var (w0, w1, w2, w3) = StreamBlock(seed, stream, firstBlock++);
            words[i] = w0;
            words[i + 1] = w1;
            words[i + 2] = w2;
            words[i + 3] = w3;
        }
    }

    /// <summary>The same words by twos: the even word is the high half, whatever the machine's byte order.</summary>
    public static void Fill(Span<ulong> words, ulong seed, ulong stream, ulong firstBlock)
    {
        for (var i = 0; i + 2 <= words.Length; i += 2)
        {
            var (w0, w1, w2, w3) = StreamBlock(seed, stream, firstBlock++);
            words[i] = ((ulong)w0 << 32) | w1;
            words[i + 1] = ((ulong)w2 << 32) | w3;
        }
    }

    private static (uint W0, uint W1, uint W2, uint W3) StreamBlock(ulong seed, ulong stream, ulong block) =>
        Block((uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32), (uint)seed, (uint)(seed >> 32));
}
