using System.Runtime.InteropServices;
using CsCheck;

namespace FanIn.Tests;

/// <summary>What holds for every rule that gives a layer a structure.</summary>
public sealed class StructuredTests
{
    public static TheoryData<string> Rules =>
        [
            .. Structured.Names,
            "bilinear(channels=all)",
            "zero_init(expansion_gain=3)",
            "sinusoidal(layout=halves)",
            "sparse(sparsity=0.5,axis=output)",
            "sparse(sparsity=0.5,count=bernoulli)",
            "icnr(init=orthogonal)",
        ];

    public static TheoryData<string> Patterns => [.. Structured.Patterns, "sinusoidal(layout=halves)"];

    private static readonly Gen<(int Groups, int Outputs, int Inputs, long[] Taps)> s_layers = Gen.Select(
        Gen.Int[1, 3],
        Gen.Int[1, 9],
        Gen.OneOf(Gen.Const(1), Gen.Int[1, 9]),
        Gen.Long[1, 4].Array[0, 3]
    );

    [Theory]
    [MemberData(nameof(Rules))]
    public void AConnectionHasOneValueInEveryLayout(string rule)
    {
        if (rule.StartsWith("sinusoidal", StringComparison.Ordinal))
        {
            return;
        }
        Initializer initializer = Initializer.Parse(rule);
        s_layers.Sample(
            layer =>
            {
                (TensorDescription torch, List<TensorDescription> others) = Layouts(rule, layer);
                double[,,,] expected = Structured.Connections(initializer, torch);
                float[] single = new float[torch.Count];
                initializer.Fill(single, torch, 5, "w");
                foreach (TensorDescription other in others)
                {
                    Assert.Equal(expected, Structured.Connections(initializer, other));
                    float[] stored = new float[other.Count];
                    initializer.Fill(stored, other, 5, "w");
                    Assert.Equal(
                        Structured.Connections(torch, Array.ConvertAll(single, x => (double)x)),
                        Structured.Connections(other, Array.ConvertAll(stored, x => (double)x))
                    );
                    Assert.Equal(
                        initializer.StandardDeviation(torch)!.Value,
                        initializer.StandardDeviation(other)!.Value,
                        1e-14
                    );
                }
            },
            iter: 60,
            seed: Property.Seed
        );
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The16BitTypesHaveTheRoundedValues(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = rule == "sparse" ? TensorDescription.Dense(3, 50) : Structured.TensorFor(rule);
        var (singles, brains, halves) = (new float[tensor.Count], new BFloat16[tensor.Count], new Half[tensor.Count]);
        initializer.Fill(singles, tensor, 3, "w");
        initializer.Fill(brains, tensor, 3, "w");
        initializer.Fill(halves, tensor, 3, "w");
        Assert.Equal(Array.ConvertAll(singles, x => (BFloat16)x), brains);
        Assert.Equal(Array.ConvertAll(singles, x => (Half)x), halves);
        Assert.Contains(singles, x => x != 0);
    }

    /// <summary>Those without a draw as they are stored, in whatever layout; the others in the canonical order.</summary>
    [Theory]
    [MemberData(nameof(Patterns))]
    [InlineData("sparse(sparsity=0.5,count=bernoulli)")]
    [InlineData("icnr")]
    [InlineData("icnr(order=depth_to_space)")]
    public void PartsAreTheWhole(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        bool isPattern = Structured.Patterns.Contains(initializer.Name);
        Gen.Select(s_layers, Gen.Int[0, 4000].Array[0, 6])
            .Sample(
                (layer, cuts) =>
                {
                    if (initializer.ToString().Contains("depth", StringComparison.Ordinal))
                    {
                        layer.Groups = 1;
                    }
                    (TensorDescription torch, List<TensorDescription> others) =
                        initializer.Name == "sinusoidal"
                            ? (TensorDescription.Embedding(layer.Inputs, layer.Outputs), [])
                            : Layouts(rule, layer);
                    foreach (TensorDescription tensor in isPattern ? [torch, .. others] : (TensorDescription[])[torch])
                    {
                        Check<float>(cuts, tensor, initializer.Fill, initializer.FillPart);
                        Check<double>(cuts, tensor, initializer.Fill, initializer.FillPart);
                        Check<Half>(cuts, tensor, initializer.Fill, initializer.FillPart);
                    }
                },
                iter: 60,
                seed: Property.Seed
            );
    }

    [Theory]
    [InlineData("delta_orthogonal")]
    [InlineData("conv_orthogonal")]
    [InlineData("sparse")]
    [InlineData("sparse(axis=output,count=floor)")]
    [InlineData("icnr(init=orthogonal)")]
    public void WhatHasNoPartsSaysSo(string rule)
    {
        TensorDescription tensor = Structured.TensorFor(rule);
        Initializer initializer = Initializer.Parse(rule);
        var error = Assert.Throws<NotSupportedException>(() => initializer.FillPart(new float[2], 1, tensor, 1, "w"));
        Assert.StartsWith($"{rule} fills whole tensors, not parts of them", error.Message);
    }

    /// <summary>The end of a tensor that no array could hold.</summary>
    [Fact]
    public void APartOfAPatternMayBeginBeyondTheLongestSpan()
    {
        TensorDescription tensor = TensorDescription.Dense(1 << 17, 1 << 17, WeightLayout.Keras);
        float[] found = new float[3];
        Initializer.Identity(7).FillPart(found, tensor.Count - 3, tensor, 3, "w");
        Assert.Equal([0, 0, 7], found);
        TensorDescription table = TensorDescription.Embedding(1L << 33, 4);
        Initializer.Sinusoidal(basis: 1e4).FillPart(found, (1L << 35) - 4, table, 3, "w");
        double last = (1L << 33) - 1;
        Assert.Equal(Math.Sin(last), found[0], 1e-6);
        Assert.Equal(Math.Cos(last), found[1], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void OtherFrameworksGeneratorsAreRefusedWhereSomethingIsDrawn(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = Structured.TensorFor(rule);
        float[] values = new float[tensor.Count];
        TorchRandom random = new(1);
        if (Structured.Patterns.Contains(initializer.Name))
        {
            float[] expected = new float[tensor.Count];
            initializer.Fill(expected, tensor, 1, "k");
            initializer.Fill(values, tensor, random);
            Assert.Equal(expected, values);
        }
        else
        {
            var error = Assert.Throws<NotSupportedException>(() => initializer.Fill(values, tensor, random));
            Assert.Equal($"{initializer} draws from FanIn's streams alone, not from {random}.", error.Message);
        }
    }

    /// <summary>The law is the count of the elements themselves.</summary>
    [Theory]
    [MemberData(nameof(Patterns))]
    [InlineData("identity(gain=-2)")]
    [InlineData("bilinear(channels=all)")]
    [InlineData("zero_init(expansion_gain=sqrt(2))")]
    public void TheLawOfAPatternIsItsShares(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        s_layers.Sample(
            layer =>
            {
                TensorDescription tensor =
                    initializer.Name == "sinusoidal"
                        ? TensorDescription.Embedding(layer.Inputs * 3, layer.Outputs)
                        : Layouts(rule, layer).Torch;
                double[] values = new double[tensor.Count];
                initializer.Fill(values, tensor, 1, "k");
                ElementDistribution law = initializer.Distribution(tensor)!;
                double mean = values.Average();
                double std = Math.Sqrt(values.Average(x => (x - mean) * (x - mean)));
                Assert.Equal(mean, law.Mean, 1e-13);
                Assert.Equal(std, law.StandardDeviation, 1e-7);
                Assert.InRange(law.Low, double.NegativeInfinity, values.Min());
                Assert.InRange(law.High, values.Max(), double.PositiveInfinity);
                foreach (double x in values.Distinct().Take(20))
                {
                    Assert.Equal(values.Count(v => v <= x) / (double)values.Length, law.Cdf(x), 1e-12);
                    Assert.Equal(
                        values.Count(v => v < x) / (double)values.Length,
                        law.Cdf(Math.BitDecrement(x)),
                        1e-12
                    );
                }
                if (std > 1e-9)
                {
                    Assert.Equal(values.Average(x => Math.Pow((x - mean) / std, 3)), law.Skewness, 1e-6);
                    Assert.Equal(values.Average(x => Math.Pow((x - mean) / std, 4)) - 3, law.ExcessKurtosis, 1e-6);
                }
            },
            iter: 100,
            seed: Property.Seed
        );
    }

    /// <summary>On 2^20 elements: of patterns exactly, of the others within 4 standard errors.</summary>
    [Theory]
    [InlineData("identity(gain=3)", 1024, 1024, 1)]
    [InlineData("dirac", 1024, 256, 4)]
    [InlineData("bilinear", 64, 1024, 16)]
    [InlineData("zero_init", 2048, 512, 1)]
    [InlineData("zero_init", 900, 300, 4)]
    [InlineData("idinit", 256, 1024, 4)]
    [InlineData("idinit_zero(epsilon=0.01)", 2048, 512, 1)]
    [InlineData("sinusoidal", 1024, 1024, 0)]
    [InlineData("sinusoidal(layout=halves)", 768, 4096, 0)]
    [InlineData("delta_orthogonal(gain=2)", 512, 512, 4)]
    [InlineData("conv_orthogonal(gain=2)", 512, 512, 4)]
    [InlineData("sparse(std=2)", 1024, 1024, 1)]
    [InlineData("sparse(sparsity=0.3,axis=output)", 512, 512, 4)]
    [InlineData("sparse(sparsity=0.3,count=bernoulli)", 512, 512, 4)]
    [InlineData("icnr", 1024, 256, 4)]
    public void TheStandardDeviationIsTheFormulas(string rule, int outputs, int inputs, int taps)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = taps switch
        {
            0 => TensorDescription.Embedding(inputs, outputs),
            1 => TensorDescription.Dense(outputs, inputs),
            _ => TensorDescription.Convolution(outputs, inputs, [taps]),
        };
        double[] values = new double[tensor.Count];
        initializer.Fill(values, tensor, 12, "w");
        double expected = initializer.StandardDeviation(tensor)!.Value;
        if (Structured.Patterns.Contains(initializer.Name))
        {
            double mean = values.Average();
            Assert.Equal(1, Math.Sqrt(values.Average(x => (x - mean) * (x - mean))) / expected, 1e-9);
            return;
        }
        // Equal filters are one draw.
        double[] drawn =
            initializer.Name == "icnr" ? [.. values.Where((_, i) => i / (inputs * taps) % 2 == 0)] : values;
        new Statistics(drawn).AssertMoments(0, expected);
    }

    [Theory]
    [InlineData("sparse(std=2)")]
    [InlineData("sparse(sparsity=0.25,axis=output,count=round)")]
    [InlineData("sparse(sparsity=0.25,count=bernoulli)")]
    [InlineData("delta_orthogonal")]
    public void TheLawOfAMixtureIsThatOfTheValues(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = TensorDescription.Convolution(256, 256, [2]);
        double[] values = new double[tensor.Count];
        initializer.Fill(values, tensor, 8, "w");
        ElementDistribution law = initializer.Distribution(tensor)!;
        Statistics drawn = new(values);
        drawn.AssertMoments(law.Mean, law.StandardDeviation);
        Assert.Equal(drawn.Kurtosis - 3, law.ExcessKurtosis, law.ExcessKurtosis * 0.05);
        Assert.Equal(0, law.Skewness, 1e-12);
        double zeros = values.Count(x => x == 0) / (double)values.Length;
        Assert.Equal(zeros, law.Cdf(0) - law.Cdf(-1e-300), 0.01);
        foreach (double z in (double[])[-2, -0.5, -0.01, 0.01, 1])
        {
            double x = z * law.StandardDeviation;
            // Four standard errors of a share of 131072.
            Assert.Equal(values.Count(v => v <= x) / (double)values.Length, law.Cdf(x), 4 * 0.5 / 362);
        }
        Assert.Equal(0, law.Quantile(0.5));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void EmptyTensorsAreFilledWithNothing(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription[] empty =
        [
            TensorDescription.Convolution(0, 4, [3]),
            TensorDescription.Convolution(4, 4, [3, 0], 2),
            TensorDescription.Embedding(0, 3),
        ];
        foreach (TensorDescription tensor in empty)
        {
            initializer.Fill(Span<float>.Empty, tensor, 1, "k");
            Assert.Equal(0, initializer.StandardDeviation(tensor));
        }
    }

    [Theory]
    [InlineData("identity(gain=1e39)")]
    [InlineData("dirac(gain=-1e39)")]
    [InlineData("idinit(gain=1e39)")]
    [InlineData("delta_orthogonal(gain=1e39)")]
    [InlineData("conv_orthogonal(gain=1e39)")]
    [InlineData("sparse(std=1e39)")]
    [InlineData("icnr(init=normal(std=1e39))")]
    public void NumbersBeyondFloat32AreRefusedThere(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = Structured.TensorFor(rule);
        Assert.Throws<ArgumentOutOfRangeException>(() => initializer.Fill(new float[tensor.Count], tensor, 1, "k"));
        double[] wide = new double[tensor.Count];
        initializer.Fill(wide, tensor, 1, "k");
        Assert.All(wide, x => Assert.True(double.IsFinite(x)));
    }

    [Theory]
    [InlineData(
        "dirac",
        "dirac is for convolutions, and [3, 5] torch has no kernel; identity is its form for dense layers."
    )]
    [InlineData(
        "bilinear",
        "bilinear is for convolutions, and [3, 5] torch has no kernel; there is nothing to interpolate between."
    )]
    [InlineData("icnr", "icnr is for convolutions, and [3, 5] torch has no kernel; what it rearranges are images.")]
    [InlineData(
        "delta_orthogonal",
        "delta_orthogonal is for convolutions, and [3, 5] torch has no kernel; orthogonal is its form for dense layers."
    )]
    [InlineData(
        "conv_orthogonal",
        "conv_orthogonal is for convolutions, and [3, 5] torch has no kernel; orthogonal is its form for dense layers."
    )]
    [InlineData(
        "sinusoidal",
        "sinusoidal is for tables of positions [rows, width] in layout embedding, not for [3, 5] torch."
    )]
    public void ADenseLayerIsRefused(string rule, string message) =>
        AssertRefused(rule, TensorDescription.Dense(3, 5), message);

    [Theory]
    [InlineData(
        "identity",
        "identity is for dense layers, and [2, 3, 4] torch has a kernel; dirac is its form for convolutions."
    )]
    [InlineData(
        "conv_orthogonal",
        "conv_orthogonal keeps the norm of its input, so it needs at least as many outputs as inputs; [2, 3, 4] torch has 2 outputs and 3 inputs. Without that wish, orthogonal fills it."
    )]
    [InlineData(
        "delta_orthogonal(gain=2)",
        "delta_orthogonal(gain=2) keeps the norm of its input, so it needs at least as many outputs as inputs; [2, 3, 4] torch has 2 outputs and 3 inputs. Without that wish, orthogonal fills it."
    )]
    [InlineData(
        "icnr(scale=3)",
        "icnr(scale=3) makes 3^1 = 3 positions of as many outputs, but [2, 3, 4] torch has 2; they must be a multiple."
    )]
    public void AConvolutionIsRefused(string rule, string message) =>
        AssertRefused(rule, TensorDescription.Convolution(2, 3, [4]), message);

    [Fact]
    public void GroupsMayBeTheFault()
    {
        TensorDescription tensor = TensorDescription.Convolution(4, 4, [3], 4);
        AssertRefused(
            "icnr",
            tensor,
            "icnr makes 2^1 = 2 positions of as many outputs, but a group of [4, 1, 3] torch groups=4 has 1; they must be a multiple."
        );
        AssertRefused(
            "icnr(order=depth_to_space)",
            TensorDescription.Convolution(4, 4, [3], 2),
            "icnr(order=depth_to_space) repeats an output across the groups of [4, 2, 3] torch groups=2, which have different inputs; only the order pixel_shuffle keeps to a group."
        );
    }

    /// <summary>Four megabytes of values, and next to nothing beside them.</summary>
    [Theory]
    [InlineData("identity", WeightLayout.Torch, 1)]
    [InlineData("zero_init", WeightLayout.Keras, 9)]
    [InlineData("idinit", WeightLayout.TorchTransposed, 9)]
    [InlineData("icnr(init=normal)", WeightLayout.Keras, 9)]
    [InlineData("sparse", WeightLayout.Torch, 9)]
    public void NoWholeTensorIsAllocated(string rule, WeightLayout layout, long taps)
    {
        ReadOnlySpan<long> kernel = taps == 1 ? [] : [taps];
        TensorDescription tensor =
            layout == WeightLayout.TorchTransposed
                ? TensorDescription.TransposedConvolution(512, 256, kernel)
                : TensorDescription.Convolution(512, 256, kernel, 1, layout);
        Initializer initializer = Initializer.Parse(rule);
        float[] values = new float[tensor.Count];
        initializer.Fill(values, tensor, 1, "k");
        long before = GC.GetAllocatedBytesForCurrentThread();
        initializer.Fill(values, tensor, 1, "k");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static void AssertRefused(string rule, TensorDescription tensor, string message)
    {
        Initializer initializer = Initializer.Parse(rule);
        float[] values = new float[tensor.Count];
        Assert.Equal(
            $"{message} (Parameter 'tensor')",
            Assert.Throws<ArgumentException>(() => initializer.Fill(values, tensor, 1, "k")).Message
        );
        Assert.Equal(
            $"{message} (Parameter 'tensor')",
            Assert.Throws<ArgumentException>(() => initializer.StandardDeviation(tensor)).Message
        );
    }

    /// <summary>The layer made fit for the rule, in PyTorch's layout and in the others.</summary>
    private static (TensorDescription Torch, List<TensorDescription> Others) Layouts(
        string rule,
        (int Groups, int Outputs, int Inputs, long[] Taps) layer
    )
    {
        long[] taps =
            rule.StartsWith("identity", StringComparison.Ordinal) ? []
            : Structured.IsForKernels(rule) && layer.Taps.Length == 0 ? [3]
            : layer.Taps;
        long outputs =
            rule.StartsWith("icnr", StringComparison.Ordinal) ? layer.Outputs << taps.Length
            : rule.Contains("_orthogonal", StringComparison.Ordinal) ? Math.Max(layer.Outputs, layer.Inputs)
            : layer.Outputs;
        int groups = layer.Groups;
        (outputs, long inputs) = (outputs * groups, layer.Inputs * groups);
        List<TensorDescription> others =
        [
            TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Keras),
            TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Mlx),
            TensorDescription.TransposedConvolution(outputs, inputs, taps, groups: groups),
        ];
        if (inputs == groups)
        {
            others.Add(TensorDescription.Depthwise(inputs, outputs / inputs, taps));
        }
        if (groups == 1)
        {
            others.Add(
                TensorDescription.TransposedConvolution(outputs, inputs, taps, layout: WeightLayout.KerasTransposed)
            );
        }
        return (TensorDescription.Convolution(outputs, inputs, taps, groups), others);
    }

    private delegate void Whole<T>(Span<T> destination, TensorDescription tensor, Seed seed, string key);

    private delegate void Part<T>(Span<T> destination, long offset, TensorDescription tensor, Seed seed, string key);

    private static void Check<T>(int[] cuts, TensorDescription tensor, Whole<T> fill, Part<T> fillPart)
        where T : unmanaged
    {
        int count = (int)tensor.Count;
        (T[] whole, T[] parts) = (new T[count], new T[count]);
        fill(whole, tensor, 5, "w");
        MemoryMarshal.AsBytes(parts.AsSpan()).Fill(0xA5);
        int from = 0;
        foreach (int to in cuts.Select(c => c % (count + 1)).Order().Append(count))
        {
            fillPart(parts.AsSpan(from, to - from), from, tensor, 5, "w");
            from = to;
        }
        Assert.True(MemoryMarshal.AsBytes<T>(whole).SequenceEqual(MemoryMarshal.AsBytes<T>(parts)));
    }
}
