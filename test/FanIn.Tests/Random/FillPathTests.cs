using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;

namespace FanIn.Tests;

/// <summary>
/// The same bits on every path: the hash of each fill, whole, on 1, 2 and 7 threads and in random pieces, in processes
/// that may use all instructions, no AVX-512, no AVX2, or none beyond the base. It is written down here, so that
/// each process stands alone; <see cref="PublishedVectorsTests"/> holds shorter ones.
/// </summary>
public sealed class FillPathTests
{
    // A piece of a parallel fill for each of 7 threads, a part of another, and a rest of 3.
    private const int Length = (7 << 17) + 4099;
    private const long Offset = (1L << 34) - 77_777;
    private const ulong Stream = 0x90200a62a6c8aa63;

    private delegate void Fill<T>(Span<T> destination, long offset, int threads);

    private static readonly RandomStream s_stream = RandomStream.Create(42, "fc1.weight");

    [Theory]
    [InlineData]
    [InlineData("DOTNET_EnableAVX512", "DOTNET_EnableAVX512F")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task EveryInstructionSetGivesTheseBits(params string[] disabled)
    {
        var program = Path.ChangeExtension(typeof(FillPathTests).Assembly.Location, null);
        ProcessStartInfo start = new(program, ["-method", $"*.{nameof(TheBitsOfThisProcess)}", "-noColor"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in disabled)
        {
            start.Environment[name] = "0";
        }
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(
            process.ExitCode == 0 && output.Contains("Total: 1,", StringComparison.Ordinal),
            output + await errors
        );
    }

    [Fact]
    public void TheBitsOfThisProcess()
    {
        var cut = TruncatedCut.Create(-2, 2);
        var whole = TruncatedCut.Create(-40, 40);
        var uniform32 = UniformSingle.Create<SingleGrid>(-0.3, 0.55);
        UniformDouble uniform64 = new(-0.3, 0.55);
        var normal32 = NormalSingle.Create<SingleGrid>(0.1, 0.02);
        NormalDouble normal64 = new(0.1, 0.02);
        CentralTruncatedNormalSingle truncated32 = new(
            cut,
            0.1,
            0.02,
            RepresentableRange<float>.Closed<SingleGrid>(0.1, 0.02, -2, 2)
        );
        TruncatedNormalSingle tails32 = new(whole, 0, 1, RepresentableRange<float>.Closed<SingleGrid>(0, 1, -40, 40));
        TruncatedNormalDouble truncated64 = new(cut, 0.1, 0.02, -2, 2);
        var brain = UniformSingle.Create<BFloat16Grid>(-0.3, 0.55);
        CentralTruncatedNormalSingle half = new(
            cut,
            0.1,
            0.02,
            RepresentableRange<float>.Closed<HalfGrid>(0.1, 0.02, -2, 2)
        );
        FarTruncatedNormalSingle far = new(
            TruncatedCut.Create(30, 31),
            0,
            1,
            RepresentableRange<float>.Closed<HalfGrid>(0, 1, 30, 31)
        );
        string[] hashes =
        [
            Hash<float>((d, o, t) => StreamFill.Run<uint, float, float, UniformSingle>(s_stream, d, o, uniform32, t)),
            Hash<double>(
                (d, o, t) => StreamFill.Run<ulong, double, double, UniformDouble>(s_stream, d, o, uniform64, t)
            ),
            Hash<float>((d, o, t) => StreamFill.Run<uint, float, float, NormalSingle>(s_stream, d, o, normal32, t)),
            Hash<double>((d, o, t) => StreamFill.Run<ulong, double, double, NormalDouble>(s_stream, d, o, normal64, t)),
            Hash<float>(
                (d, o, t) =>
                    StreamFill.Run<uint, float, float, CentralTruncatedNormalSingle>(s_stream, d, o, truncated32, t)
            ),
            Hash<float>(
                (d, o, t) => StreamFill.Run<uint, float, float, TruncatedNormalSingle>(s_stream, d, o, tails32, t)
            ),
            Hash<double>(
                (d, o, t) =>
                    StreamFill.Run<ulong, double, double, TruncatedNormalDouble>(s_stream, d, o, truncated64, t)
            ),
            Hash<BFloat16>((d, o, t) => StreamFill.Run<uint, float, BFloat16, UniformSingle>(s_stream, d, o, brain, t)),
            Hash<BFloat16>(
                (d, o, t) => StreamFill.Run<uint, float, BFloat16, NormalSingle>(s_stream, d, o, normal32, t)
            ),
            Hash<Half>((d, o, t) => StreamFill.Run<uint, float, Half, NormalSingle>(s_stream, d, o, normal32, t)),
            Hash<Half>(
                (d, o, t) => StreamFill.Run<uint, float, Half, CentralTruncatedNormalSingle>(s_stream, d, o, half, t)
            ),
            Hash<Half>(
                (d, o, t) => StreamFill.Run<uint, float, Half, FarTruncatedNormalSingle>(s_stream, d, o, far, t)
            ),
        ];
        string[] stored =
        [
            HashStored<uint, float, float, NormalSingle>(normal32),
            HashStored<ulong, double, double, NormalDouble>(normal64),
            HashStored<uint, float, BFloat16, UniformSingle>(brain),
            HashStored<uint, float, Half, CentralTruncatedNormalSingle>(half),
        ];
        const string Expected =
            "52af68f6b5fd13dc 229332aee1c437dc db0bb4b238b02bc5 4685ce457c36dfcd "
            + "b7986353b05fb8e9 2b60220b3f3eecbb 1fd71b5c74c2c3b0 18d5617098e0e41e "
            + "c33214e02cab22f1 dbbb7cc5d75fcbbf a0436b9db1725d6c f268f1f4c6672544";
        const string ExpectedStored = "b55388e62b17be04 2efaf1226eecebf2 997a3ea09df66c97 b2218e1130d53ba5";
        var found = string.Join(' ', hashes);
        Assert.True(found == Expected, found);
        found = string.Join(' ', stored);
        Assert.True(found == ExpectedStored, found);
        Assert.False(IsOff("DOTNET_EnableAVX512") && Vector512.IsHardwareAccelerated);
        Assert.False(IsOff("DOTNET_EnableAVX2") && Simd256<float>.IsSupported);
        Assert.False(IsOff("DOTNET_EnableHWIntrinsic") && Vector128.IsHardwareAccelerated);

        static bool IsOff(string instructions) => Environment.GetEnvironmentVariable(instructions) == "0";
    }

    [Fact]
    public void LongFillsThroughTheInterfaceAreParallelAndTheSame()
    {
        var (whole, pieces) = (new float[(1 << 20) + 3], new float[(1 << 20) + 3]);
        s_stream.FillNormal(whole, 0, 1, 5);
        for (var i = 0; i < pieces.Length; i += 10_001)
        {
            s_stream.FillNormal(pieces.AsSpan(i, Math.Min(10_001, pieces.Length - i)), 0, 1, 5 + i);
        }
        Assert.Equal(Hash(pieces), Hash(whole));
    }

    private static string Hash<T>(Fill<T> fill)
        where T : unmanaged
    {
        var values = new T[Length];
        fill(values, Offset, 1);
        var expected = Hash(values);
        foreach (var threads in (int[])[2, 7])
        {
            Array.Clear(values);
            fill(values, Offset, threads);
            Assert.Equal(expected, Hash(values));
        }

        // Cuts from the words of a stream of our own, 50 of them at places that divide nothing.
        Span<uint> words = stackalloc uint[52];
        Philox4x32.Fill(words, 1, Stream, 0);
        var cuts = words[..50].ToArray().Select(word => (int)(word % (Length + 1))).Append(Length).Order().ToArray();
        Array.Clear(values);
        var from = 0;
        foreach (var to in cuts)
        {
            fill(values.AsSpan(from, to - from), Offset + from, 1);
            from = to;
        }
        Assert.Equal(expected, Hash(values));
        return expected;
    }

    /// <summary>Tensors stored in another order: the canonical values, put where they belong, and by tiles on 1, 2 and 7 threads.</summary>
    private static string HashStored<TWord, TDraw, T, TTransform>(TTransform transform)
        where TWord : unmanaged
        where TDraw : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, TDraw>
    {
        var hashes = "";
        foreach (
            var tensor in (TensorDescription[])
                [
                    TensorDescription.Dense(333, 401, WeightLayout.Keras),
                    TensorDescription.Convolution(66, 30, [3, 3], 2, WeightLayout.Keras),
                    TensorDescription.TransposedConvolution(66, 30, [3, 3], groups: 2),
                    TensorDescription.TransposedConvolution(33, 30, [5], layout: WeightLayout.KerasTransposed),
                ]
        )
        {
            var order = StoredOrder.Of(tensor)!.Value;
            var (canonical, expected, values) = (new T[tensor.Count], new T[tensor.Count], new T[tensor.Count]);
            StreamFill.Run<TWord, TDraw, T, TTransform>(s_stream, canonical, 0, transform, 1);
            order.Store(canonical, expected);
            foreach (var threads in (int[])[1, 2, 7])
            {
                Array.Clear(values);
                PermutedFill.Run<TWord, TDraw, T, TTransform>(s_stream, values, 0, transform, order, threads);
                Assert.Equal(Hash(expected), Hash(values));
            }
            hashes += Hash(expected);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashes)))[..16];
    }

    private static string Hash<T>(T[] values)
        where T : unmanaged => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))[..16];
}
