using System.Numerics;
using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary>
/// Integers drawn one after the other from a stream's 64-bit words: D. Lemire, "Fast random integer generation in an
/// interval", ACM Trans. Model. Comput. Simul. 29 (2019), algorithm 5. The high half of word times n is the integer;
/// the few words whose low half is below 2^64 mod n are passed over, so that every integer has as many words.
/// </summary>
internal ref struct SequentialIntegers
{
    private const int BufferLength = 256;

    private readonly Seed _seed;
    private readonly ulong _stream;
    private readonly Span<ulong> _buffer;
    private int _next;
    private ulong _block;

    private SequentialIntegers(Seed seed, ulong stream, Span<ulong> buffer)
    {
        (_seed, _stream) = (seed, stream);
        _buffer = buffer;
        _next = buffer.Length;
    }

    /// <summary>Independent integers below n, from the stream's first word on.</summary>
    [SkipLocalsInit]
    public static void FillBelow<T>(Seed seed, ulong stream, Span<T> destination, long below)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (below < 1)
        {
            throw RandomArguments.OutOfRange(
                nameof(below),
                $"below is {below}; it must be at least 1, for the one integer 0."
            );
        }
        SequentialIntegers integers = new(seed, stream, stackalloc ulong[BufferLength]);
        foreach (ref var value in destination)
        {
            value = T.CreateTruncating(integers.Below((ulong)below));
        }
    }

    /// <summary>0, 1, ... in random order, from the stream's first word on.</summary>
    [SkipLocalsInit]
    public static void FillPermutation<T>(Seed seed, ulong stream, Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = T.CreateTruncating(i);
        }
        SequentialIntegers integers = new(seed, stream, stackalloc ulong[BufferLength]);
        for (var i = destination.Length - 1; i > 0; i--)
        {
            var j = (int)integers.Below((ulong)i + 1);
            (destination[i], destination[j]) = (destination[j], destination[i]);
        }
    }

    private ulong Below(ulong n)
    {
        var integer = Math.BigMul(Word(), n, out var low);
        if (low < n)
        {
            // 2^64 mod n, which is below n: only now is the division worth its time.
            var surplus = (0 - n) % n;
            while (low < surplus)
            {
                integer = Math.BigMul(Word(), n, out low);
            }
        }
        return integer;
    }

    private ulong Word()
    {
        if (_next == _buffer.Length)
        {
            Philox4x32.Fill(_buffer, _seed.Value, _stream, _block);
            _block += BufferLength / 2;
            _next = 0;
        }
        return _buffer[_next++];
    }
}
