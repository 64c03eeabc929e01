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
        var icnr = Initializer.Parse("icnr(init=he_normal)");
        var other = TensorDescription.Convolution(8, 3, [3, 3], layout: WeightLayout.Keras);
        var layout = Assert.Throws<NotSupportedException>(() => icnr.FillPart(new float[12], 0, other, 1, "w"));
        Assert.StartsWith(
            $"{icnr} fills a tensor in layout Keras as a whole only: it is stored in another order than it is drawn in.",
            layout.Message
        );
    }

    [Fact]
    public void ARowKnowsWhetherItsPartsCanBeFilled()
    {
        var packed = ParameterDescription.Packed("w", ["a", "b"], TensorDescription.Dense(4, 6), ParameterRole.Weight);
        PlanRow row = new(packed, "w", Initializer.HeNormal());
        Assert.True(row.FillsParts);
        Assert.True((row with { Parts = [row.Parts[0], row.Parts[1] with { Initializer = null }] }).FillsParts);
        foreach (var rule in (Initializer[])[Initializer.Orthogonal(), Initializer.Lsuv()])
        {
            Assert.False(new PlanRow(packed, "w", rule).FillsParts);
            row = row with { Parts = [row.Parts[0], row.Parts[1] with { Initializer = rule }] };
            Assert.False(row.FillsParts);
        }
    }

    /// <summary>Layouts in which what is drawn together lies apart, cut where it comes.</summary>
    [Fact]
    public void PartsOfAnyLayoutAreTheWhole() =>
        Gen.Select(
                Gen.Int[1, 3],
                Gen.OneOf(Gen.Int[1, 9], Gen.Int[60, 90]),
                Gen.OneOf(Gen.Int[1, 9], Gen.Int[150, 300]),
                Gen.Int[0, 5],
                OneOf("normal", "uniform(0,1)", "truncated_normal", "sparse(count=bernoulli,sparsity=0.5)", "ones"),
                Gen.Int[0, int.MaxValue].Array[0, 6]
            )
            .Sample(
                (groups, outputs, inputs, taps, rule, cuts) =>
                {
                    Initializer initializer = Initializer.Parse(rule);
                    (outputs, inputs) = (outputs * groups, inputs * groups);
                    long[] kernel = taps == 0 ? [] : [taps];
                    foreach (
                        TensorDescription tensor in (TensorDescription[])
                            [
                                TensorDescription.Dense(outputs, inputs, WeightLayout.Keras),
                                TensorDescription.Convolution(outputs, inputs, kernel, groups, WeightLayout.Keras),
                                TensorDescription.Convolution(outputs, inputs, kernel, groups, WeightLayout.Mlx),
                                TensorDescription.Depthwise(inputs, 3, kernel),
                                TensorDescription.TransposedConvolution(outputs, inputs, kernel, groups: groups),
                                TensorDescription.TransposedConvolution(
                                    outputs,
                                    inputs,
                                    kernel,
                                    layout: WeightLayout.KerasTransposed
                                ),
                            ]
                    )
                    {
                        Check<float>(cuts, initializer.Fill, initializer.FillPart, tensor);
                        Check<double>(cuts, initializer.Fill, initializer.FillPart, tensor);
                        Check<BFloat16>(cuts, initializer.Fill, initializer.FillPart, tensor);
                        Check<Half>(cuts, initializer.Fill, initializer.FillPart, tensor);
                    }
                },
                iter: 60,
                seed: Property.Seed
            );

    /// <summary>Packed along any axis, also where each run of a block is followed by runs of the others.</summary>
    [Fact]
    public void PartsOfInterleavedBlocksAreTheWhole() =>
        Gen.Select(
                Gen.Int[1, 40],
                Gen.Int[1, 90],
                OneOf("normal", "uniform(0,1)", "sparse(count=bernoulli,sparsity=0.5)", "constant(0.1)"),
                Gen.Int[0, 1],
                Gen.Int[0, int.MaxValue].Array[0, 6]
            )
            .Sample(
                (outputs, inputs, rule, axis, cuts) =>
                {
                    Initializer initializer = Initializer.Parse(rule);
                    foreach (WeightLayout layout in (WeightLayout[])[WeightLayout.Torch, WeightLayout.Keras])
                    {
                        ParameterDescription packed = ParameterDescription.Packed(
                            "qkv",
                            ["q", "k", "v"],
                            TensorDescription.Dense(outputs, inputs, layout),
                            ParameterRole.Weight,
                            axis
                        );
                        PlanRow row = new(packed, "qkv", initializer);
                        Check<float>(
                            cuts,
                            (d, _, s, _) => row.Fill(d, s),
                            (d, o, _, s, _) => row.FillPart(d, o, s),
                            packed.Tensor
                        );
                        Check<Half>(
                            cuts,
                            (d, _, s, _) => row.Fill(d, s),
                            (d, o, _, s, _) => row.FillPart(d, o, s),
                            packed.Tensor
                        );
                    }
                },
                iter: 60,
                seed: Property.Seed
            );

    /// <summary>GPT-2's packed Conv1D, of a size that is drawn in several stages.</summary>
    [Fact]
    public void LongInterleavedBlocksAreDrawnInStages()
    {
        TensorDescription block = TensorDescription.Dense(2048, 2500, WeightLayout.Keras);
        var packed = ParameterDescription.Packed("c_attn", ["q", "k"], block, ParameterRole.Weight, -1);
        PlanRow row = new(packed, "c_attn", Initializer.Normal(0, 0.02));
        (float[] whole, float[] single) = (new float[packed.Tensor.Count], new float[block.Count]);
        row.Fill(whole, 5);
        foreach ((int index, string name) in ((string[])["q", "k"]).Index())
        {
            Initializer.Normal(0, 0.02).Fill(single, block, 5, $"c_attn#{name}");
            for (int input = 0; input < 2500; input++)
            {
                Assert.True(
                    whole.AsSpan((input * 4096) + (index * 2048), 2048).SequenceEqual(single.AsSpan(input * 2048, 2048))
                );
            }
        }
    }

    /// <summary>Not many more elements are drawn than are wanted: at most twice as many, and some steps' rest.</summary>
    [Fact]
    public void BoxesHoldThePartAndNotMuchMore() =>
        Gen.Select(
                Gen.Int[1, 3],
                Gen.Int[1, 20],
                Gen.Int[1, 20],
                Gen.Int[1, 4],
                Gen.Int[0, int.MaxValue],
                Gen.Int[0, int.MaxValue]
            )
            .Sample(
                (groups, outputs, inputs, taps, one, two) =>
                {
                    foreach (
                        TensorDescription tensor in (TensorDescription[])
                            [
                                TensorDescription.Convolution(
                                    outputs * groups,
                                    inputs * groups,
                                    [taps],
                                    groups,
                                    WeightLayout.Keras
                                ),
                                TensorDescription.TransposedConvolution(
                                    outputs * groups,
                                    inputs * groups,
                                    [taps],
                                    groups: groups
                                ),
                            ]
                    )
                    {
                        StoredOrder order = StoredOrder.Of(tensor)!.Value;
                        (long from, long to) = (one % (tensor.Count + 1), two % (tensor.Count + 1));
                        (from, to) = (Math.Min(from, to), Math.Max(from, to));
                        StoredBox[] boxes = [.. StoredBox.Cover(order, from, to)];
                        var places = new HashSet<long>();
                        foreach (StoredBox box in boxes)
                        {
                            for (long g = box.Group; g < box.Group + box.Groups; g++)
                            {
                                for (long r = box.Row; r < box.Row + box.Rows; r++)
                                {
                                    for (long c = box.Column; c < box.Column + box.Columns; c++)
                                    {
                                        places.Add(order.Place((((g * order.Outputs) + r) * order.RowLength) + c));
                                    }
                                }
                            }
                        }
                        for (long place = from; place < to; place++)
                        {
                            Assert.Contains(place, places);
                        }
                        Assert.True(places.All(place => place >= 0 && place < tensor.Count));
                        long drawn = boxes.Sum(box => box.Groups * box.Rows * box.Columns);
                        Assert.True(drawn <= 2 * order.Taps * (to - from), $"{tensor}: {drawn} for {from} .. {to}");
                        Assert.InRange(boxes.Length, to > from ? 1 : 0, 7);
                    }
                },
                iter: 300,
                seed: Property.Seed
            );

    private static Gen<string> OneOf(params string[] rules) => Gen.Int[0, rules.Length - 1].Select(i => rules[i]);

    private delegate void Whole<T>(Span<T> destination, TensorDescription tensor, Seed seed, string key);

    private delegate void Part<T>(Span<T> destination, long offset, TensorDescription tensor, Seed seed, string key);

    private static void Check<T>(int[] cuts, Whole<T> fill, Part<T> fillPart, TensorDescription tensor)
        where T : unmanaged
    {
        int count = (int)tensor.Count;
        (T[] whole, T[] parts) = (new T[count], new T[count]);
        fill(whole, tensor, 5, "w");
        MemoryMarshal.AsBytes(parts.AsSpan()).Fill(0xA5);
        int from = 0;
        foreach (int to in cuts.Select(cut => cut % (count + 1)).Order().Append(count))
        {
            fillPart(parts.AsSpan(from, to - from), from, tensor, 5, "w");
            from = to;
        }
        Assert.True(MemoryMarshal.AsBytes<T>(whole).SequenceEqual(MemoryMarshal.AsBytes<T>(parts)));
    }
}
