using System.Runtime.InteropServices;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Random;

/// <summary>libtorch itself is the oracle, so this holds on the platform that the claim is made for.</summary>
[Collection(TorchGeneratorTests.Alone)]
public sealed class TorchRandomTests : IDisposable
{
    private delegate void Draw<T>(TorchRandom random, Span<T> values);

    private delegate void Fill<T>(Span<T> values);

    private readonly DisposeScope _scope = NewDisposeScope();

    public TorchRandomTests() => NativeLoader.EnsureLoaded();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-0.3, 0.55)]
    [InlineData(-0.05, 0.05)]
    public void Uniform_values_have_its_bits(double low, double high)
    {
        Check<float>(t => t.uniform_(low, high), (r, v) => r.FillUniform(v, low, high));
        Check<double>(t => t.uniform_(low, high), (r, v) => r.FillUniform(v, low, high));
        Check<Half>(t => t.uniform_(low, high), (r, v) => r.FillUniform(v, low, high));
        Check<BFloat16>(t => t.uniform_(low, high), (r, v) => r.FillUniform(v, low, high));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.1, 0.02)]
    [InlineData(-3, 0)]
    public void Normals_have_its_bits(double mean, double std)
    {
        Check<float>(t => t.normal_(mean, std), (r, v) => r.FillNormal(v, mean, std));
        Check<Half>(t => t.normal_(mean, std), (r, v) => r.FillNormal(v, mean, std));
        Check<BFloat16>(t => t.normal_(mean, std), (r, v) => r.FillNormal(v, mean, std));
    }

    /// <summary>The C library's log, log1p, sin and cos are not correctly rounded, ours are.</summary>
    [Theory]
    [InlineData(15, 0.05)]
    [InlineData(1 << 16, 0.003)]
    public void Float64_normals_are_within_4_ulp_and_differ_in_few(int length, double share)
    {
        var (differing, total) = (0, 0);
        foreach (var seed in TorchOracle.Seeds)
        {
            manual_seed(seed);
            TorchRandom random = new(seed);
            using var tensor = empty(length, ScalarType.Float64);
            var actual = new double[length];
            for (var call = 0; call < Math.Max(1, 3000 / length); call++)
            {
                tensor.normal_();
                random.FillNormal(actual);
                var expected = CpuTensor.Span<double>(tensor);
                for (var i = 0; i < length; i++)
                {
                    Assert.Equal(expected[i], actual[i], 4 * Math.BitIncrement(Math.Abs(expected[i])) * 2.3e-16);
                }
                differing += TorchOracle.Differing<double>(expected, actual);
                total += length;
            }
        }
        Assert.InRange((double)differing / total, 0, share);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Bernoulli_values_have_its_bits(double probability)
    {
        Check<float>(t => t.bernoulli_(probability), (r, v) => r.FillBernoulli(v, probability));
        Check<double>(t => t.bernoulli_(probability), (r, v) => r.FillBernoulli(v, probability));
        Check<bool>(t => t.bernoulli_(probability), (r, v) => r.FillBernoulli(v, probability));
    }

    [Fact]
    public void Permutations_are_its_own()
    {
        Check<long>(t => t.copy_(randperm(t.numel())), (r, v) => r.FillPermutation(v));
        Check<int>(t => t.copy_(randperm(t.numel())), (r, v) => r.FillPermutation(v));
    }

    [Theory]
    [InlineData(10, 7, 0.3)]
    [InlineData(4, 3, 0.5)]
    [InlineData(100, 30, 0.99)]
    [InlineData(5, 5, 0)]
    [InlineData(3, 4, 1)]
    public void Sparse_matrices_have_its_bits(int rows, int columns, double sparsity)
    {
        foreach (var seed in TorchOracle.Seeds)
        {
            manual_seed(seed);
            TorchRandom random = new(seed);
            for (var call = 0; call < 3; call++)
            {
                using var expected = nn.init.sparse_(empty(rows, columns), sparsity, 0.02);
                var actual = new float[rows * columns];
                random.FillSparse(actual, columns, sparsity, 0.02);
                Assert.Equal(0, TorchOracle.Differing<float>(CpuTensor.Span<float>(expected), actual));
            }
        }
    }

    [Theory]
    [InlineData(0, 1, -2, 2)]
    [InlineData(0, 0.02, -0.04, 0.04)]
    [InlineData(0.1, 0.5, -0.3, 3)]
    [InlineData(0, 1, 2, 4)]
    [InlineData(0, 0.02, -2, 2)]
    public void Truncated_normals_differ_by_an_ulp_in_few(double mean, double std, double a, double b)
    {
        double l = (1 + Erf((a - mean) / std / Math.Sqrt(2))) / 2;
        double u = (1 + Erf((b - mean) / std / Math.Sqrt(2))) / 2;
        var (differing, total) = (0, 0);
        foreach (var seed in TorchOracle.Seeds)
        {
            manual_seed(seed);
            TorchRandom random = new(seed);
            foreach (var length in (int[])[1, 5, 31, 1 << 14])
            {
                using var tensor = empty(length);
                // TorchSharp's own trunc_normal_ fills in a constant.
                tensor.uniform_((2 * l) - 1, (2 * u) - 1).erfinv_();
                var inverse = TorchOracle.Elements<float>(tensor);
                tensor.mul_(std * Math.Sqrt(2)).add_(mean).clamp_(a, b);
                var expected = CpuTensor.Span<float>(tensor);
                var actual = new float[length];
                random.FillTruncatedNormal(actual, mean, std, a, b);
                for (var i = 0; i < length; i++)
                {
                    // An ulp of the inverse error function, also where the sum with the mean cancels, and one of the value.
                    Assert.Equal(expected[i], actual[i], (2 * Ulp(inverse[i]) * std) + Ulp(expected[i]));
                }
                differing += TorchOracle.Differing<float>(expected, actual);
                total += length;
            }
        }
        Assert.InRange((double)differing / total, 0, 0.0005);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(7, 7)]
    [InlineData(40, 30)]
    [InlineData(30, 40)]
    [InlineData(1, 20)]
    [InlineData(20, 1)]
    [InlineData(100, 30)]
    public void Orthogonal_matrices_agree_to_1e5(int rows, int columns)
    {
        foreach (var seed in TorchOracle.Seeds.AsSpan(0, 4))
        {
            manual_seed(seed);
            TorchRandom random = new(seed);
            using var expected = nn.init.orthogonal_(empty(rows, columns), 1.5);
            var actual = new float[rows * columns];
            random.FillOrthogonal(actual, rows, columns, 1.5);
            var worst = TorchOracle.Elements<float>(expected).Zip(actual, (e, f) => Math.Abs(e - f)).Max();
            Assert.InRange(worst, 0, 1e-5);

            // TorchSharp's own draws float32 numbers for float64 too.
            using var scope = NewDisposeScope();
            var normals = empty(rows, columns, ScalarType.Float64).normal_();
            var (q, r) = linalg.qr(rows < columns ? normals.t() : normals);
            q = q.mul(r.diag().sign()).mul(1.5);
            var wide = (rows < columns ? q.t() : q).contiguous();
            var doubles = new double[rows * columns];
            random.FillOrthogonal(doubles, rows, columns, 1.5);
            var widest = TorchOracle.Elements<double>(wide).Zip(doubles, (e, f) => Math.Abs(e - f)).Max();
            Assert.InRange(widest, 0, 1e-12);
        }
    }

    [Fact]
    public void Mixed_calls_share_one_state()
    {
        foreach (var seed in TorchOracle.Seeds)
        {
            manual_seed(seed);
            TorchRandom random = new(seed);
            var steps = new int[200];
            RandomStream.Create(seed, "steps").FillIntegers(steps, 12 * 24);
            foreach (var step in steps)
            {
                var (kind, length) = (step / 24, step % 24);
                switch (kind)
                {
                    case 0 or 1:
                        CheckOne<float>(t => t.uniform_(-1, 3), v => random.FillUniform(v, -1, 3), length);
                        break;
                    case 2:
                        CheckOne<double>(t => t.uniform_(-1, 3), v => random.FillUniform(v, -1, 3), length);
                        break;
                    case 3:
                        CheckOne<Half>(t => t.uniform_(-1, 3), v => random.FillUniform(v, -1, 3), length);
                        break;
                    case 4 or 5 or 6:
                        CheckOne<float>(t => t.normal_(1, 2), v => random.FillNormal(v, 1, 2), length);
                        break;
                    case 7:
                        CheckOne<Half>(t => t.normal_(1, 2), v => random.FillNormal(v, 1, 2), length);
                        break;
                    case 8:
                        CheckOne<float>(t => t.bernoulli_(0.5), v => random.FillBernoulli(v, 0.5), length);
                        break;
                    case 9:
                        CheckOne<long>(t => t.copy_(randperm(t.numel())), v => random.FillPermutation(v), length);
                        break;
                    case 10:
                        CheckOne<float>(t => t.normal_(), v => random.FillNormal(v), 600 + length);
                        break;
                    case 11 when length == 0:
                        manual_seed(length);
                        random.ManualSeed(length);
                        break;
                    default:
                        break;
                }
            }
        }

        static void CheckOne<T>(Action<Tensor> oracle, Fill<T> fill, int length)
            where T : unmanaged
        {
            using var expected = empty(length, TypeOf<T>());
            oracle(expected);
            var actual = new T[length];
            fill(actual);
            Assert.Equal(0, TorchOracle.Differing<T>(CpuTensor.Span<T>(expected), actual));
        }
    }

    [Fact]
    public void Truncated_normals_of_other_types_are_close()
    {
        var (l, u) = ((1 + Erf(-Math.Sqrt(2))) / 2, (1 + Erf(Math.Sqrt(2))) / 2);
        manual_seed(3);
        TorchRandom random = new(3);
        var expected = empty(1 << 15, ScalarType.Float64);
        expected.uniform_((2 * l) - 1, (2 * u) - 1).erfinv_().mul_(0.5 * Math.Sqrt(2)).add_(0).clamp_(-1, 1);
        var actual = new double[1 << 15];
        random.FillTruncatedNormal(actual, 0, 0.5, -1, 1);
        var pairs = TorchOracle.Elements<double>(expected).Zip(actual).ToArray();
        Assert.All(pairs, p => Assert.Equal(p.First, p.Second, 5e-16 * Math.Abs(p.First)));
        Assert.InRange(pairs.Count(p => p.First != p.Second), 0, 0.0005 * pairs.Length);

        Check16Bit<Half>((r, v) => r.FillTruncatedNormal(v, 0.1, 0.5, -0.9, 1.1));
        Check16Bit<BFloat16>((r, v) => r.FillTruncatedNormal(v, 0.1, 0.5, -0.9, 1.1));

        void Check16Bit<T>(Draw<T> draw)
            where T : unmanaged
        {
            // As Python's calls do it: a factor becomes a tensor, where TorchSharp's overload rounds it to the type.
            var sixteen = empty(1 << 18, TypeOf<T>());
            sixteen.uniform_((2 * l) - 1, (2 * u) - 1).erfinv_();
            sixteen.mul_(tensor(0.5 * Math.Sqrt(2))).add_(0.1).clamp_(-0.9, 1.1);
            var values = new T[1 << 18];
            draw(random, values);
            Assert.Equal(0, TorchOracle.Differing<T>(CpuTensor.Span<T>(sixteen), values));
        }
    }

    private static float Ulp(float value) => MathF.BitIncrement(MathF.Abs(value)) - MathF.Abs(value);

    [DllImport("libm.so.6", EntryPoint = "erf")]
    private static extern double Erf(double x);

    private static ScalarType TypeOf<T>() =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(Half) ? ScalarType.Float16
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : typeof(T) == typeof(int) ? ScalarType.Int32
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : ScalarType.BFloat16;

    /// <summary>Twenty seeds, every length three times in a row from one generator, then 2^20.</summary>
    private static void Check<T>(Action<Tensor> oracle, Draw<T> draw)
        where T : unmanaged
    {
        foreach (var seed in TorchOracle.Seeds)
        {
            manual_seed(seed);
            TorchRandom random = new(seed);
            foreach (var length in TorchOracle.Lengths)
            {
                for (var call = 0; call < 3; call++)
                {
                    CheckOne($"{typeof(T).Name}, seed {seed}, length {length}, call {call}", length, random);
                }
            }
            CheckOne($"{typeof(T).Name}, seed {seed}, length 2^20", 1 << 20, random);
            CheckOne($"{typeof(T).Name}, seed {seed}, length 5 after it", 5, random);
        }
        manual_seed(5);
        TorchRandom other = new(5);
        CheckOne($"{typeof(T).Name}, length 2^20 + 3", (1 << 20) + 3, other);
        CheckOne($"{typeof(T).Name}, length 2^20 after it", 1 << 20, other);

        void CheckOne(string where, int length, TorchRandom random)
        {
            using var expected = empty(length, TypeOf<T>());
            oracle(expected);
            var actual = new T[length];
            draw(random, actual);
            var differing = TorchOracle.Differing<T>(CpuTensor.Span<T>(expected), actual);
            Assert.True(differing == 0, $"{where}: {differing} of {length} elements differ");
        }
    }
}
