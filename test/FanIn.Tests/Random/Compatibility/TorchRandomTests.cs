using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FanIn.Tests;

/// <summary>
/// PyTorch's values without PyTorch: numbers from its documentation and forums, and hashes of fills that were compared with
/// libtorch's element by element, in processes with all instructions and with fewer.
/// </summary>
public sealed class TorchRandomTests
{
    private delegate void Draw<T>(TorchRandom random, Span<T> values);

    [Fact]
    public void ItsWordsAreThoseOfMt19937()
    {
        MersenneTwister twister = new(5489);
        Assert.Equal(3499211612u, twister.Next());
        for (var i = 1; i < 9_999; i++)
        {
            twister.Next();
        }
        // The 10,000th, which the C++ standard gives.
        Assert.Equal(4123659995u, twister.Next());
    }

    [Fact]
    public void ItGivesTheNumbersOfTheDocumentation()
    {
        Check([0.4963f, 0.7682f, 0.0885f], 0, (r, v) => r.FillUniform(v));
        Check([0.8823f, 0.9150f, 0.3829f, 0.9593f], 42, (r, v) => r.FillUniform(v));
        Check([1.5410f, -0.2934f, -2.1788f], 0, (r, v) => r.FillNormal(v));
        Check([0.3367f, 0.1288f, 0.2345f], 42, (r, v) => r.FillNormal(v));
        var normals = new float[16];
        new TorchRandom(42).FillNormal(normals);
        Assert.Equal([1.9269f, 1.4873f, 0.9007f, -2.1055f], normals[..4].Select(x => MathF.Round(x, 4)));
        var permutation = new int[10];
        new TorchRandom(0).FillPermutation(permutation);
        Assert.Equal([4, 1, 7, 5, 3, 9, 0, 8, 6, 2], permutation);

        static void Check(float[] expected, Seed seed, Draw<float> draw)
        {
            var values = new float[expected.Length];
            draw(new TorchRandom(seed), values);
            Assert.Equal(expected, values.Select(x => MathF.Round(x, 4)));
        }
    }

    [Theory]
    [MemberData(nameof(AloneProcess.InstructionSets), MemberType = typeof(AloneProcess))]
    public Task EveryInstructionSetGivesTheseBits(string switchedOff) =>
        AloneProcess.Run(typeof(TorchRandomTests), nameof(TheBitsInThisProcess), switchedOff);

    [Fact]
    public void TheBitsInThisProcess()
    {
        string[] hashes =
        [
            Hash<float>((r, v) => r.FillUniform(v, -0.3, 0.55)),
            Hash<double>((r, v) => r.FillUniform(v, -0.3, 0.55)),
            Hash<Half>((r, v) => r.FillUniform(v, -0.3, 0.55)),
            Hash<float>((r, v) => r.FillNormal(v, 0.1, 0.02)),
            Hash<double>((r, v) => r.FillNormal(v, 0.1, 0.02)),
            Hash<Half>((r, v) => r.FillNormal(v, 0.1, 0.02)),
            Hash<BFloat16>((r, v) => r.FillNormal(v, 0.1, 0.02)),
            Hash<float>((r, v) => r.FillTruncatedNormal(v, 0.1, 0.02, 0.05, 0.3)),
            Hash<float>((r, v) => r.FillBernoulli(v, 0.3)),
            Hash<int>((r, v) => r.FillPermutation(v)),
            Hash<float>((r, v) => r.FillSparse(v, 1, 0.5)),
            Hash<double>((r, v) => r.FillOrthogonal(v[..(v.Length / 7 * 7)], v.Length / 7, 7)),
        ];
        const string Expected =
            "c7daa12bf5e2949d 2cc08f2948b12779 504324d2982c7d1b 916681d1a85bf66f f2b3622fb427641f d142a4b80a056ced 81e0ea74c974f6d1 "
            + "9baa30b499c215d0 0aeb63960aec95e2 95a0d50d55c974b6 d44cdf310232bbc7 62b12d589a577eaf";
        var found = string.Join(' ', hashes);
        Assert.True(found == Expected, found);
    }

    [Fact]
    public void LongFillsAreTheSameOnAnyNumberOfThreads()
    {
        var (one, some) = (new float[(1 << 19) + 4099], new float[(1 << 19) + 4099]);
        new TorchRandom(3).FillNormal(one, 0, 1, threads: 1);
        foreach (var threads in (int[])[2, 7])
        {
            Array.Clear(some);
            TorchRandom random = new(3);
            random.FillNormal(some, 0, 1, threads);
            Assert.Equal(Hash(one), Hash(some));
        }
    }

    [Fact]
    public void OnlyTheLow32BitsOfTheSeedCount()
    {
        Assert.Equal(First(42), First((1L << 32) + 42));
        Assert.Equal(First(-1), First((long)uint.MaxValue));
        Assert.NotEqual(First(0), First(1));

        static float First(Seed seed)
        {
            var value = new float[1];
            new TorchRandom(seed).FillUniform(value);
            return value[0];
        }
    }

    [Fact]
    public void TheSecondNormalOfAPairWaitsForTheNextShortFill()
    {
        var (pair, first, second) = (new float[2], new float[1], new float[1]);
        new TorchRandom(1).FillNormal(pair);
        TorchRandom random = new(1);
        random.FillNormal(first);
        random.FillUniform(new float[100]);
        random.FillNormal(new float[16]);
        random.FillNormal(second);
        Assert.Equal((pair[0], pair[1]), (first[0], second[0]));

        random.FillNormal(first);
        random.ManualSeed(1);
        random.FillNormal(second);
        Assert.Equal(pair[0], second[0]);
    }

    [Fact]
    public void ScaledInitializersHaveItsArithmetic()
    {
        var (expected, found) = (new double[600], new double[600]);
        for (var fanIn = 1; fanIn <= 300; fanIn++)
        {
            var outputs = expected.Length / fanIn;
            var tensor = TensorDescription.Dense(outputs, fanIn);
            var he = Math.Sqrt(2.0) / Math.Sqrt(fanIn);
            var xavier = 1.7 * Math.Sqrt(2.0 / (fanIn + outputs));
            var gain = Math.Sqrt(2.0 / (1 + (Math.Sqrt(5) * Math.Sqrt(5))));
            CheckUniform(Initializer.HeUniform(), Math.Sqrt(3.0) * he);
            CheckNormal(Initializer.HeNormal(), he);
            CheckUniform(Initializer.XavierUniform(1.7), Math.Sqrt(3.0) * xavier);
            CheckNormal(Initializer.XavierNormal(1.7), xavier);
            CheckUniform(Initializer.StandardUniform(), Math.Sqrt(3.0) * (gain / Math.Sqrt(fanIn)));

            void CheckUniform(Initializer initializer, double bound)
            {
                new TorchRandom(7).FillUniform(Whole(expected), -bound, bound);
                Check(initializer);
            }

            void CheckNormal(Initializer initializer, double std)
            {
                new TorchRandom(7).FillNormal(Whole(expected), 0, std);
                Check(initializer);
            }

            void Check(Initializer initializer)
            {
                initializer.Fill(Whole(found), tensor, new TorchRandom(7));
                Assert.Equal(Whole(expected), Whole(found));
            }

            Span<double> Whole(double[] values) => values.AsSpan(0, outputs * fanIn);
        }
    }

    [Fact]
    public void InitializersDrawInTheElementTypeAsItDoes()
    {
        var tensor = TensorDescription.Dense(20, 30);
        var std = Math.Sqrt(2.0) / Math.Sqrt(30);
        var (halves, found) = (new Half[600], new Half[600]);
        new TorchRandom(7).FillNormal(halves, 0, std);
        Initializer.HeNormal().Fill(found, tensor, new TorchRandom(7));
        Assert.Equal(halves, found);

        var (brains, others) = (new BFloat16[600], new BFloat16[600]);
        new TorchRandom(7).FillUniform(brains, -Math.Sqrt(3.0) * std, Math.Sqrt(3.0) * std);
        Initializer.HeUniform().Fill(others, tensor, new TorchRandom(7));
        Assert.Equal(brains, others);
    }

    [Fact]
    public void ShortFillsAllocateNothing()
    {
        var (singles, doubles, halves) = (new float[10_007], new double[107], new Half[10_007]);
        TorchRandom random = new(1);
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            random.FillUniform(singles);
            random.FillUniform(doubles);
            random.FillUniform(halves);
            random.FillNormal(singles);
            random.FillNormal(doubles);
            random.FillNormal(halves);
            random.FillNormal(singles.AsSpan(0, 5));
            random.FillTruncatedNormal(singles.AsSpan(0, 100));
        }
    }

    [Fact]
    public void BadArgumentsAreNamed()
    {
        TorchRandom random = new(0);
        Bad("std is -1;", () => random.FillNormal(new float[3], 0, -1));
        Bad("std is NaN;", () => random.FillNormal(new double[3], 0, double.NaN));
        Bad("mean is 1E+39;", () => random.FillNormal(new float[3], 1e39, 1));
        Bad("mean is 70000;", () => random.FillNormal(new Half[3], 70000, 1));
        Bad("low is 2 and high is 1;", () => random.FillUniform(new float[3], 2, 1));
        Bad("high - low", () => random.FillUniform(new float[3], -3e38, 3e38));
        Bad("high - low", () => random.FillUniform(new double[3], -1e308, 1e308));
        Bad("high is 1E+39;", () => random.FillUniform(new float[3], 0, 1e39));
        Bad("probability is 1.5;", () => random.FillBernoulli(new float[3], 1.5));
        Bad("sparsity is -0.1;", () => random.FillSparse(new float[4], 2, -0.1));
        Bad("std is 0;", () => random.FillTruncatedNormal(new float[3], 0, 0));
        Bad("The cut [2, -2] is empty", () => random.FillTruncatedNormal(new float[3], 0, 1, 2, -2));
        Bad("[6, 7] holds none of the normal's mass", () => random.FillTruncatedNormal(new float[3], 0, 1, 6, 7));
        Bad("float32", () => random.FillTruncatedNormal(new float[3], 1, 0.5, double.NegativeInfinity, -2));
        Bad("[9, 10] holds none", () => random.FillTruncatedNormal(new double[3], 0, 1, 9, 10));
        Bad("float16", () => random.FillTruncatedNormal(new Half[3], 0, 1, 4, 5));
        Bad("bfloat16", () => random.FillTruncatedNormal(new BFloat16[3], 0, 1, -5, -4));
        Bad("A 2 x 3 matrix has 6 elements, the span 5.", () => random.FillOrthogonal(new float[5], 2, 3));
        Bad("gain is NaN;", () => random.FillOrthogonal(new float[6], 2, 3, double.NaN));

        static void Bad(string message, Action action) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    /// <summary>Of fills short, long, odd, and again, so that all parts of the state are in it.</summary>
    private static string Hash<T>(Draw<T> draw)
        where T : unmanaged
    {
        TorchRandom random = new(42);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var length in (int[])[7, 16, 15, 4099, 31, 1 << 15])
        {
            // Orthogonal matrices of that size take too long without vectors.
            var values = new T[typeof(T) == typeof(double) ? Math.Min(length, 4099) : length];
            draw(random, values);
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string Hash(float[] values) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))[..16];
}
