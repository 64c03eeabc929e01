namespace FanIn.Tests;

/// <summary>Held against the values that JAX's own tests and documentation print.</summary>
public sealed class JaxRandomTests
{
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0x6B200159u, 0x99BA4EFEu)]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0x1CB996FCu, 0xBB002BE7u)]
    [InlineData(0x13198A2Eu, 0x03707344u, 0x243F6A88u, 0x85A308D3u, 0xC4923A9Cu, 0x483DF7A0u)]
    public void Threefry_gives_its_known_answers(uint k0, uint k1, uint c0, uint c1, uint w0, uint w1) =>
        Assert.Equal((w0, w1), new JaxKey(k0, k1).Block(c0, c1));

    [Fact]
    public void Keys_of_seeds_are_JAXs()
    {
        Assert.Equal(new JaxKey(0, 42), JaxKey.FromSeed(42));
        Assert.Equal(new JaxKey(0, uint.MaxValue), JaxKey.FromSeed(-1));
        Assert.Equal(new JaxKey(uint.MaxValue, uint.MaxValue), JaxKey.FromSeed(-1, x64: true));
        Assert.Equal(new JaxKey(1, 5), JaxKey.FromSeed((1L << 32) + 5, x64: true));
        Assert.Equal(new JaxKey(0, 5), JaxKey.FromSeed((1L << 32) + 5));
    }

    [Fact]
    public void Split_and_fold_in_are_JAXs_in_both_modes()
    {
        JaxKey key = JaxKey.FromSeed(0);
        Assert.Equal(
            [
                new(1797259609, 2579123966),
                new(928981903, 3453687069),
                new(4146024105, 2718843009),
                new(2467461003, 3840466878),
            ],
            key.Split(4)
        );
        Assert.Equal(
            [
                new(2285895361, 1501764800),
                new(1518642379, 4090693311),
                new(433833334, 4221794875),
                new(839183663, 3740430601),
            ],
            key.Split(4, partitionable: false)
        );
        Assert.Equal(new JaxKey(2285895361, 433833334), key.FoldIn(4));
        Assert.Equal(key.Split(3)[2], key.FoldIn(2));
    }

    [Fact]
    public void Bits_are_JAXs_in_both_modes()
    {
        uint[] words = new uint[4];
        new JaxRandom(JaxKey.FromSeed(42)).FillBits(words);
        Assert.Equal([2098992034, 2919706841, 2646866425, 2409546199], words);
        words = new uint[3];
        new JaxRandom(JaxKey.FromSeed(1701), partitionable: false).FillBits(words);
        Assert.Equal([56197195, 4200222568, 961309823], words);
    }

    [Fact]
    public void Long_words_are_two_words_in_both_modes()
    {
        const int Count = 5;
        JaxKey key = JaxKey.FromSeed(9);
        ulong[] words = new ulong[Count];
        new JaxRandom(key).FillBits(words);
        Assert.Equal(key.Split(Count).Select(k => ((ulong)k.High << 32) | k.Low), words);
        uint[] halves = new uint[2 * Count];
        new JaxRandom(key, partitionable: false).FillBits(words);
        new JaxRandom(key, partitionable: false).FillBits(halves);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => ((ulong)halves[i] << 32) | halves[i + Count]), words);
    }

    [Fact]
    public void Values_are_those_that_JAX_prints()
    {
        AssertClose([0.947667f, 0.9785799f, 0.33229148f], Draw(0, true, 3, (r, v) => r.FillUniform(v)));
        AssertClose([-0.02830462f], Draw(42, true, 1, (r, v) => r.FillNormal(v)));
        AssertClose(
            [1.6226422f, 2.0252647f, -0.43359444f, -0.07861735f, 0.1760909f],
            Draw(0, true, 5, (r, v) => r.FillNormal(v))
        );
        AssertClose(
            [0.298671f, 0.073213f, 0.873356f, 0.260549f, 0.412797f],
            Draw(1338574713, false, 5, (r, v) => r.FillUniform(v))
        );
        AssertClose(
            [-1.173234f, -1.511662f, 0.070593f, -0.099764f, 1.052845f],
            Draw(1193674498, false, 5, (r, v) => r.FillNormal(v))
        );
        AssertClose(
            [0.582807f, 1.709771f, 0.159513f, 0.861376f, 0.36148f],
            Draw(2846034731, false, 5, (r, v) => r.FillTruncatedNormal(v, 0, 1, 0, 2))
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Normals_are_the_quantiles_of_their_uniforms_squared_in_float32(bool partitionable)
    {
        const int Count = 100_000;
        JaxRandom random = new(JaxKey.FromSeed(3), partitionable);
        (float[] uniforms, float[] normals) = (new float[Count], new float[Count]);
        random.FillUniform(uniforms, MathF.BitIncrement(-1), 1);
        random.FillNormal(normals);
        for (int i = 0; i < Count; i++)
        {
            // The square is rounded first, which moves values beyond 3 by up to 3e-5.
            double square = uniforms[i] * uniforms[i];
            double exact = Math.CopySign(NormalDistribution.Quantile((1 + Math.Sqrt(square)) / 2), uniforms[i]);
            Assert.InRange(
                normals[i],
                exact - 2e-6 - (1e-6 * Math.Abs(exact)),
                exact + 2e-6 + (1e-6 * Math.Abs(exact))
            );
        }
    }

    [Theory]
    [InlineData(-2, 2)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(-1, 0.25)]
    public void Truncated_normals_stay_inside_and_have_their_moments(double low, double high)
    {
        const int Count = 100_000;
        float[] values = new float[Count];
        double[] doubles = new double[Count];
        new JaxRandom(JaxKey.FromSeed(4)).FillTruncatedNormal(values, 0, 1, low, high);
        new JaxRandom(JaxKey.FromSeed(4)).FillTruncatedNormal(doubles, 0, 1, low, high);
        foreach (double[] sample in (double[][])[doubles, [.. values.Select(x => (double)x)]])
        {
            Assert.All(sample, x => Assert.True(x > low && x < high));
            (double mean, double variance) = TruncatedNormal.Moments(low, high);
            // Five standard errors.
            Assert.Equal(mean, sample.Average(), 5 * Math.Sqrt(variance / Count));
            Assert.Equal(variance, sample.Average(x => (x - mean) * (x - mean)), 5 * Math.Sqrt(3.0 / Count) * variance);
        }
    }

    [Fact]
    public void Every_fill_begins_anew()
    {
        JaxRandom random = new(JaxKey.FromSeed(1));
        (float[] first, float[] second) = (new float[10], new float[10]);
        random.FillNormal(first, 1, 2);
        random.FillNormal(second, 1, 2);
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    public void Orthogonal_matrices_are_those_of_the_tall_matrix_of_normals(int rows, int columns)
    {
        (int length, int count) = (Math.Max(rows, columns), Math.Min(rows, columns));
        JaxRandom random = new(JaxKey.FromSeed(6));
        double[] normals = new double[15];
        double[] q = new double[15];
        random.FillNormal(normals);
        random.FillOrthogonal(q, rows, columns, 2);
        double At(int i, int j) => (rows >= columns ? q[(i * count) + j] : q[(j * length) + i]) / 2;
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                double dot = Enumerable.Range(0, length).Sum(i => At(i, a) * At(i, b));
                Assert.Equal(a == b ? 1 : 0, dot, 1e-12);
                // R = Q^T A is upper triangular with a positive diagonal.
                double r = Enumerable.Range(0, length).Sum(i => At(i, a) * normals[(i * count) + b]);
                Assert.True(a == b ? r > 0 : a < b || Math.Abs(r) < 1e-12);
            }
        }
    }

    [Fact]
    public void Initializers_scale_as_JAXs_own()
    {
        JaxRandom random = new(JaxKey.FromSeed(2));
        TensorDescription tensor = TensorDescription.Dense(30, 50);
        (float[] filled, float[] drawn) = (new float[1500], new float[1500]);
        Initializer.XavierUniform().Fill(filled, tensor, random);
        random.FillUniform(drawn, -1, 1);
        float bound = (float)(Math.Sqrt(3) * Math.Sqrt(2.0 / 80));
        Assert.Equal(drawn.Select(x => x * bound), filled);
        Initializer.HeNormal().Fill(filled, tensor, random);
        random.FillNormal(drawn, 0, Math.Sqrt(2.0 / 50));
        Assert.Equal(drawn, filled);
        Initializer.TruncatedNormal(0.5, 0.1, -2, 2).Fill(filled, tensor, random);
        random.FillTruncatedNormal(drawn, 0.5, 0.1);
        Assert.Equal(drawn, filled);
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        JaxRandom random = new(JaxKey.FromSeed(2));
        Assert.Contains("std is -1", Message(() => random.FillNormal(new float[1], 0, -1)), StringComparison.Ordinal);
        Assert.Contains("low is 3", Message(() => random.FillUniform(new float[1], 3, 2)), StringComparison.Ordinal);
        Assert.Contains("count", Message(() => random.Key.Split(-1)), StringComparison.Ordinal);
        Assert.Contains(
            "[2, 2]",
            Assert.Throws<ArgumentException>(() => random.FillTruncatedNormal(new float[1], 0, 1, 2, 2)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[6, 7] holds none of the normal's mass as JAX computes it, in float32",
            Assert.Throws<ArgumentException>(() => random.FillTruncatedNormal(new float[1], 0, 1, 6, 7)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[-31, -30] holds none of the normal's mass as JAX computes it, in float64",
            Assert.Throws<ArgumentException>(() => random.FillTruncatedNormal(new double[1], 0, 1, -31, -30)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "2 x 4 are 8",
            Assert.Throws<ArgumentException>(() => random.FillOrthogonal(new float[9], 2, 4)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "JAX's Threefry draws float32 and float64, not float16: draw float32 and round it.",
            Assert.Throws<NotSupportedException>(() => random.FillNormal<Half>(new Half[1], 0, 1)).Message
        );
    }

    private static string Message(Action call) => Assert.Throws<ArgumentOutOfRangeException>(call).Message;

    private static float[] Draw(uint seed, bool partitionable, int count, Action<JaxRandom, float[]> fill)
    {
        float[] values = new float[count];
        fill(new(new(0, seed), partitionable), values);
        return values;
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }
}
