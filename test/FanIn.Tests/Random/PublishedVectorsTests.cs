using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FanIn.Tests.Shared;

namespace FanIn.Tests;

/// <summary>
/// Version 1 of the streams is what docs/random-streams.json says: bits that docs/random-streams.py computed, on arithmetic
/// of its own. They hold on every machine and with every instruction set switched off.
/// </summary>
public sealed class PublishedVectorsTests
{
    /// <summary>
    /// The frozen copy. Whoever changes this line changes the values of every model that was made before, and has to call
    /// it another version.
    /// </summary>
    private const string Frozen = "2650d46ff6778cb2cccd871f1a6307d71767c5bb2d1c9a74d49deddfe09f2ac8";

    private static readonly string s_folder = Path.Combine(Readme.RepositoryRoot(), "docs");
    private static readonly string s_text = File.ReadAllText(Path.Combine(s_folder, "random-streams.json"))
        .ReplaceLineEndings("\n");

    public static TheoryData<string> InstructionSets => AloneProcess.InstructionSets;

    [Fact]
    public void AreFrozen() =>
        Assert.Equal(Frozen, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(s_text))));

    [Fact]
    public void AreTheBitsOfEveryFill()
    {
        using var document = JsonDocument.Parse(s_text);
        Assert.Equal(1, document.RootElement.GetProperty("version").GetInt32());
        var vectors = document.RootElement.GetProperty("vectors");
        Assert.NotEqual(0, vectors.GetArrayLength());
        Assert.All(vectors.EnumerateArray(), v => Assert.Equal((Text(v, "values"), $"{v}"), (Values(v), $"{v}")));
    }

    /// <summary>Whatever rule comes later draws by one of these.</summary>
    [Fact]
    public void EveryFillIsThere()
    {
        using var document = JsonDocument.Parse(s_text);
        var vectors = document.RootElement.GetProperty("vectors").EnumerateArray().ToArray();
        string[] fills =
        [
            "words",
            "uniform",
            "normal",
            "truncated_normal",
            "integers",
            "permutation",
            "bernoulli",
            "orthogonal",
            "initializer",
        ];
        Assert.Empty(fills.Except(vectors.Select(v => Text(v, "fill"))));
        string[] rules =
        [
            "uniform",
            "normal",
            "truncated_normal",
            "variance_scaling",
            "standard_uniform",
            "orthogonal",
        ];
        Assert.Empty(rules.Except(vectors.Select(v => Text(v, "init"))));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public Task HoldWithoutInstructionSets(string switchedOff) =>
        AloneProcess.Run(typeof(PublishedVectorsTests), nameof(AreTheBitsOfEveryFill), switchedOff);

    [Fact]
    public async Task AreTheBitsOfTheReferenceInNumPy()
    {
        // Debian's packages serve Debian's Python, which need not be the first on the path.
        foreach (var python in new[] { "/usr/bin/python3", "python3", "python" })
        {
            if (await Run(python, "-c", "import numpy") is { ExitCode: 0 })
            {
                var (exitCode, output) = (await Run(python, Path.Combine(s_folder, "random-streams.py")))!.Value;
                Assert.True(exitCode == 0 && output.Contains(" 0 other ones", StringComparison.Ordinal), output);
                return;
            }
        }
        Assert.Skip("There is no Python with NumPy: eng/install-oracles.sh installs Debian's.");
    }

    private static string Values(JsonElement v)
    {
        var stream = RandomStream.Create(Seed.Parse(Text(v, "seed")), Text(v, "key"));
        return (Text(v, "fill"), Text(v, "type")) switch
        {
            ("words", "") => Show<uint>(v, d => Words(stream, d, Whole(v, "offset"))),
            ("integers", "") => Show<long>(v, d => stream.FillIntegers(d, Whole(v, "below"))),
            ("permutation", "") => Show<long>(v, d => stream.FillPermutation(d)),
            ("bernoulli", "") => Show<long>(v, d => Bernoulli(stream, d, v)),
            (_, "float32") => Show<float>(v, d => Fill(stream, d, v)),
            (_, "float64") => Show<double>(v, d => Fill(stream, d, v)),
            (_, "bfloat16") => Show<BFloat16>(v, d => Fill(stream, d, v)),
            (_, "float16") => Show<Half>(v, d => Fill(stream, d, v)),
            var other => throw new InvalidOperationException($"There is no fill {other}."),
        };
    }

    private static void Fill<T>(RandomStream stream, T[] d, JsonElement v)
        where T : unmanaged
    {
        var offset = Whole(v, "offset");
        var (low, high, mean, std) = (Number(v, "low"), Number(v, "high"), Number(v, "mean"), Number(v, "std"));
        switch (Text(v, "fill"))
        {
            case "uniform":
                stream.FillUniform<T>(d, low, high, offset);
                break;
            case "normal":
                stream.FillNormal<T>(d, mean, std, offset);
                break;
            case "truncated_normal":
                stream.FillTruncatedNormal<T>(d, mean, std, low, high, offset);
                break;
            case "orthogonal":
                HaarOrthogonal.Fill<T>(d, (int)Whole(v, "rows"), (int)Whole(v, "columns"), Number(v, "gain"), stream);
                break;
            case "initializer":
                Initialize(Initializer.Parse(Text(v, "init")), d, Tensor(v), stream);
                break;
            default:
                throw new InvalidOperationException($"There is no fill {Text(v, "fill")}.");
        }
    }

    private static void Initialize(Initializer rule, Array destination, TensorDescription tensor, RandomStream stream)
    {
        switch (destination)
        {
            case float[] values:
                rule.Fill(values, tensor, stream.Seed, stream.Key);
                break;
            case double[] values:
                rule.Fill(values, tensor, stream.Seed, stream.Key);
                break;
            case BFloat16[] values:
                rule.Fill(values, tensor, stream.Seed, stream.Key);
                break;
            case Half[] values:
                rule.Fill(values, tensor, stream.Seed, stream.Key);
                break;
            default:
                throw new InvalidOperationException($"No initializer fills {destination.GetType()}.");
        }
    }

    private static TensorDescription Tensor(JsonElement v)
    {
        var (outputs, inputs, taps, groups) = (Whole(v, "out"), Whole(v, "in"), Whole(v, "taps"), Whole(v, "groups"));
        return Text(v, "layout") switch
        {
            "torch" => TensorDescription.Convolution(outputs, inputs, [taps], groups),
            "torch_transposed" => TensorDescription.TransposedConvolution(outputs, inputs, [taps], groups: groups),
            "keras" => TensorDescription.Convolution(outputs, inputs, [taps], groups, WeightLayout.Keras),
            "keras_transposed" => TensorDescription.TransposedConvolution(
                outputs,
                inputs,
                [taps],
                groups: groups,
                layout: WeightLayout.KerasTransposed
            ),
            var other => throw new InvalidOperationException($"There is no layout {other}."),
        };
    }

    private static void Words(RandomStream stream, uint[] destination, long offset)
    {
        var whole = new uint[destination.Length + 8];
        Philox4x32.Fill(whole, stream.Seed.Value, stream.Id, (ulong)offset >> 2);
        Array.Copy(whole, offset & 3, destination, 0, destination.Length);
    }

    private static void Bernoulli(RandomStream stream, long[] destination, JsonElement v)
    {
        var bools = new bool[destination.Length];
        stream.FillBernoulli(bools, Number(v, "probability"), Whole(v, "offset"));
        Array.ConvertAll(bools, b => b ? 1L : 0L).CopyTo(destination, 0);
    }

    /// <summary>Up to 16 values: integers in decimal, others as their bits; more: the SHA-256 of their little-endian bytes.</summary>
    private static string Show<T>(JsonElement v, Action<T[]> fill)
        where T : unmanaged, IFormattable
    {
        var count = Text(v, "fill") switch
        {
            "orthogonal" => Whole(v, "rows") * Whole(v, "columns"),
            "initializer" => Tensor(v).Count,
            _ => Whole(v, "count"),
        };
        var values = new T[count];
        fill(values);
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (count > 16)
        {
            return $"sha256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        }
        var shown = new string[count];
        for (var i = 0; i < count; i++)
        {
            // Little-endian machines only, like every one that .NET 10 ships for but s390x.
            var value = bytes.Slice(i * Unsafe.SizeOf<T>(), Unsafe.SizeOf<T>()).ToArray().Reverse().ToArray();
            shown[i] =
                typeof(T) == typeof(long)
                    ? values[i].ToString(null, CultureInfo.InvariantCulture)
                    : Convert.ToHexStringLower(value);
        }
        return string.Join(' ', shown);
    }

    private static string Text(JsonElement v, string name) =>
        v.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static long Whole(JsonElement v, string name) =>
        v.TryGetProperty(name, out _) ? long.Parse(Text(v, name), CultureInfo.InvariantCulture) : 0;

    private static double Number(JsonElement v, string name) =>
        v.TryGetProperty(name, out _) ? double.Parse(Text(v, name), CultureInfo.InvariantCulture) : 0;

    /// <summary>The output of a program, all of it, and its exit code; null where there is no such program.</summary>
    private static async Task<(int ExitCode, string Output)?> Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await errors);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
