using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FanIn.Lab;

/// <summary>
/// Which examples are trained on and which are held out, without random numbers: a systematic stratified sample. The
/// examples are laid out class by class, each class in the order of the file, and the second of every five goes to the
/// test part. Equal inputs stay together, so that no test example was seen in training.
/// </summary>
internal readonly record struct Split(int[] Train, int[] Test)
{
    /// <param name="labels">The class of each example.</param>
    /// <param name="digests">What tells one input from another, see <see cref="Digest(ReadOnlySpan{float})"/>.</param>
    public static Split EveryFifth(ReadOnlySpan<int> labels, ReadOnlySpan<UInt128> digests)
    {
        const int Period = 5;
        int[] byClass = new int[labels.Length];
        for (int i = 0; i < byClass.Length; i++)
        {
            byClass[i] = i;
        }
        // Array.Sort isn't stable: the index breaks ties.
        long[] order = new long[labels.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = ((long)labels[i] << 32) | (uint)i;
        }
        Array.Sort(order, byClass);

        var inTest = new Dictionary<UInt128, bool>(labels.Length);
        var train = new List<int>(labels.Length);
        var test = new List<int>(labels.Length / Period + 1);
        foreach (int i in byClass)
        {
            if (!inTest.TryGetValue(digests[i], out bool isTest))
            {
                isTest = inTest.Count % Period == 1;
                inTest.Add(digests[i], isTest);
            }
            (isTest ? test : train).Add(i);
        }
        // Back to the order of the file.
        train.Sort();
        test.Sort();
        return new Split([.. train], [.. test]);
    }

    public static UInt128 Digest(ReadOnlySpan<float> input) => Digest(MemoryMarshal.AsBytes(input));

    public static UInt128 Digest(ReadOnlySpan<int> codePoints) => Digest(MemoryMarshal.AsBytes(codePoints));

    private static UInt128 Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    /// <summary>The rows of a row-major table with the given indices, in that order.</summary>
    public static T[] Gather<T>(ReadOnlySpan<T> rows, int width, ReadOnlySpan<int> indices)
    {
        var result = new T[indices.Length * width];
        for (int i = 0; i < indices.Length; i++)
        {
            rows.Slice(indices[i] * width, width).CopyTo(result.AsSpan(i * width));
        }
        return result;
    }
}
