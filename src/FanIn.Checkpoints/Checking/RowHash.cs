using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// 64 bits of a row's values and their order, by which equal rows are told from others without being kept: those of other rows
/// agree once in 10^19 pairs, whatever few values the rows are made of. The steps are xxHash64's (Collet 2012).
/// </summary>
internal static class RowHash
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;

    /// <param name="values">A row, or a piece of it.</param>
    /// <param name="before">That of the pieces before; 0 for the first.</param>
    // As with sums of values: a check is over before the second tier is there.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Of(ReadOnlySpan<float> values, ulong before)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<float, ulong>(values);
        (ulong a, ulong b, ulong c, ulong d) = (before + Prime1 + Prime2, before + Prime2, before, before - Prime1);
        for (; words.Length >= 4; words = words[4..])
        {
            a = Step(a, words[0]);
            b = Step(b, words[1]);
            c = Step(c, words[2]);
            d = Step(d, words[3]);
        }
        ulong hash = Merge(Merge(Merge(Merge((ulong)values.Length, a), b), c), d);
        foreach (ulong word in words)
        {
            hash = Merge(hash, Step(0, word));
        }
        if (values.Length % 2 != 0)
        {
            hash = Merge(hash, Step(0, BitConverter.SingleToUInt32Bits(values[^1])));
        }
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Step(ulong hash, ulong word) => BitOperations.RotateLeft(hash + (word * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) =>
        (BitOperations.RotateLeft(hash ^ Step(0, lane), 27) * Prime1) + Prime3;
}
