using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Random;

/// <summary>What libtorch draws, from a generator of its own.</summary>
internal static class TorchOracle
{
    /// <summary>Twenty: 0, negative ones, and some beyond 32 bits, of which only the low ones count.</summary>
    public static readonly long[] Seeds =
    [
        0,
        1,
        2,
        7,
        42,
        1234,
        65535,
        123456789,
        int.MaxValue,
        1L << 31,
        uint.MaxValue,
        1L << 32,
        (1L << 32) + 42,
        (5L << 40) + 12345,
        long.MaxValue,
        -1,
        -2,
        -42,
        -(1L << 33) - 5,
        long.MinValue,
    ];

    /// <summary>The lengths on both sides of libtorch's cuts at 16, for many seeds.</summary>
    public static readonly int[] Lengths = [1, 5, 15, 16, 17, 31, 100, 1000];

    /// <summary>Elements of a contiguous tensor.</summary>
    public static T[] Elements<T>(Tensor tensor)
        where T : unmanaged => CpuTensor.Span<T>(tensor).ToArray();

    /// <summary>How many elements have other bits.</summary>
    public static int Differing<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : unmanaged
    {
        Assert.Equal(expected.Length, actual.Length);
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
        {
            return 0;
        }
        var count = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var bits = MemoryMarshal.AsBytes(expected.Slice(i, 1));
            count += bits.SequenceEqual(MemoryMarshal.AsBytes(actual.Slice(i, 1))) ? 0 : 1;
        }
        return count;
    }
}
