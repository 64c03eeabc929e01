using System.Runtime.InteropServices;
using CsCheck;

namespace FanIn.Tests;

/// <summary>Parts of tensors have the whole's values, however it is cut.</summary>
public sealed class FillPartTests
{
    private static readonly string[] s_rules =
    [
        "zeros",
        "constant(0.1)",
        "uniform(0,1)",
        "normal",
        "truncated_normal",
        "he_normal",
        "xavier_uniform",
        "truncated_normal_absolute(std=0.5,low=-0.25)",
        "siren",
        "mitchell_residual(layer=3)",
        "gpt2_residual(depth=12)",
    ];

    private static readonly Gen<(string Rule, int[] Cuts)> s_cases = Gen.Select(
        Gen.Int[0, s_rules.Length - 1].Select(i => s_rules[i]),
        Gen.Int[0, 35 * 41].Array[0, 6]
    );

    [Fact]
    public void PartsAreTheWhole() =>
        s_cases.Sample(
            (rule, cuts) =>
            {
                Initializer initializer = Initializer.Parse(rule);
                TensorDescription tensor = TensorDescription.Dense(35, 41);
                Check<float>(cuts, initializer.Fill, initializer.FillPart, tensor);
                Check<double>(cuts, initializer.Fill, initializer.FillPart, tensor);
                Check<BFloat16>(cuts, initializer.Fill, initializer.FillPart, tensor);
                Check<Half>(cuts, initializer.Fill, initializer.FillPart, tensor);
            },
            iter: 100,
            seed: Property.Seed
        );

    [Fact]
    public void PartsOfPackedBlocksAndOfPaddedTablesAreTheWhole() =>
        s_cases.Sample(
            (rule, cuts) =>
            {
                Initializer initializer = Initializer.Parse(rule);
                ParameterDescription packed = ParameterDescription.Packed(
                    "qkv",
                    ["q", "k", "v", "a", "b", "c", "d"],
                    TensorDescription.Dense(5, 41),
                    ParameterRole.Weight
                );
                ParameterDescription padded = new("e", TensorDescription.Embedding(35, 41), ParameterRole.Embedding)
                {
                    PaddingRow = 17,
                };
                foreach (var parameter in (ParameterDescription[])[packed, padded])
                {
                    PlanRow row = new(parameter, parameter.Name, initializer);
                    Check<float>(
                        cuts,
                        (d, _, s, _) => row.Fill(d, s),
                        (d, o, _, s, _) => row.FillPart(d, o, s),
                        parameter.Tensor
                    );
                    Check<BFloat16>(
                        cuts,
                        (d, _, s, _) => row.Fill(d, s),
                        (d, o, _, s, _) => row.FillPart(d, o, s),
                        parameter.Tensor
                    );
                }
            },
            iter: 100,
            seed: Property.Seed
        );

    /// <summary>The end of a tensor that no array could hold.</summary>
    [Fact]
    public void APartMayBeginBeyondTheLongestSpan()
    {
        TensorDescription tensor = TensorDescription.Dense(1 << 20, 1 << 13);
        float[] expected = new float[1000];
        RandomStream.Create(3, "w").FillNormal(expected, 0, 0.02, tensor.Count - 1000);
        float[] found = new float[1000];
        Initializer.Normal(0, 0.02).FillPart(found, tensor.Count - 1000, tensor, 3, "w");
        Assert.Equal(expected, found);
        new PlanRow(new("w", tensor, ParameterRole.Weight), "w", Initializer.Normal(0, 0.02)).FillPart(
            found.AsSpan(1),
            tensor.Count - 999,
            3
        );
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(-1, "offset is -1; with 4 elements of 24 it must lie in 0 .. 20.")]
    [InlineData(21, "offset is 21; with 4 elements of 24 it must lie in 0 .. 20.")]
    [InlineData(long.MaxValue, "offset is 9223372036854775807; with 4 elements of 24 it must lie in 0 .. 20.")]
    public void APartOutsideTheTensorSaysWhereItMayBe(long offset, string message)
    {
        TensorDescription tensor = TensorDescription.Dense(4, 6);
        PlanRow row = new(new("w", tensor, ParameterRole.Weight), "w", Initializer.Zeros);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            Initializer.Zeros.FillPart(new float[4], offset, tensor, 1, "w")
        );
        Assert.StartsWith(message, error.Message);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => row.FillPart(new Half[4], offset, 1));
        Assert.StartsWith(message, error.Message);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => row.FillPart(new double[25], 0, 1));
        Assert.StartsWith("The part has 25 elements; the whole has 24.", error.Message);
    }

    [Fact]
    public void WhatHasNoPartsSaysWhy()
    {
        TensorDescription tensor = TensorDescription.Dense(4, 6);
        var custom = Initializer.Custom("mine", (values, _, _) => values.Clear());
        foreach (var initializer in (Initializer[])[Initializer.Orthogonal(), Initializer.NguyenWidrow(), custom])
        {
            var error = Assert.Throws<NotSupportedException>(() =>
                initializer.FillPart(new float[12], 0, tensor, 1, "w")
            );
            Assert.StartsWith($"{initializer} fills whole tensors, not parts of them", error.Message);
            (float[] whole, float[] part) = (new float[24], new float[24]);
            initializer.Fill(whole, tensor, 1, "w");
            initializer.FillPart(part, 0, tensor, 1, "w");
            Assert.Equal(whole, part);
        }
        var other = TensorDescription.Dense(4, 6, WeightLayout.Keras);
        var layout = Assert.Throws<NotSupportedException>(() =>
            Initializer.Normal().FillPart(new float[12], 0, other, 1, "w")
        );
        Assert.StartsWith("A tensor in layout Keras is stored in another order", layout.Message);
    }

    private delegate void Whole<T>(Span<T> destination, TensorDescription tensor, Seed seed, string key);

    private delegate void Part<T>(Span<T> destination, long offset, TensorDescription tensor, Seed seed, string key);

    private static void Check<T>(int[] cuts, Whole<T> fill, Part<T> fillPart, TensorDescription tensor)
        where T : unmanaged
    {
        const int Count = 35 * 41;
        (T[] whole, T[] parts) = (new T[Count], new T[Count]);
        fill(whole, tensor, 5, "w");
        MemoryMarshal.AsBytes(parts.AsSpan()).Fill(0xA5);
        int from = 0;
        foreach (int to in cuts.Order().Append(Count))
        {
            fillPart(parts.AsSpan(from, to - from), from, tensor, 5, "w");
            from = to;
        }
        Assert.True(MemoryMarshal.AsBytes<T>(whole).SequenceEqual(MemoryMarshal.AsBytes<T>(parts)));
    }
}
