using System.Runtime.InteropServices;
using CsCheck;

namespace FanIn.Tests;

/// <summary>
/// A connection from an input through a kernel tap to an output has one weight, however the framework stores the
/// tensor. The stored places are computed here axis by axis from the layouts' definitions.
/// </summary>
public sealed class CanonicalOrderTests
{
    private static readonly Gen<(int Groups, int Outputs, int Inputs, int[] Taps)> s_layers = Gen.Select(
        Gen.Int[1, 4],
        Gen.Int[1, 4],
        Gen.Int[1, 4],
        Gen.Int[1, 4].Array[0, 3]
    );

    [Fact]
    public void EveryLayoutHasTheSameWeights() =>
        s_layers.Sample(
            layer =>
            {
                (int groups, int outputs, int inputs) = (
                    layer.Groups,
                    layer.Outputs * layer.Groups,
                    layer.Inputs * layer.Groups
                );
                long[] taps = [.. layer.Taps.Select(t => (long)t)];
                foreach (string rule in (string[])["normal", "uniform", "truncated_normal", "orthogonal"])
                {
                    Initializer initializer = Initializer.Parse(rule);
                    Check(initializer, TensorDescription.Convolution(outputs, inputs, taps, groups));
                    Check(
                        initializer,
                        TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Keras)
                    );
                    Check(initializer, TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Mlx));
                    Check(initializer, TensorDescription.Depthwise(inputs, layer.Outputs, taps));
                    Check(initializer, TensorDescription.TransposedConvolution(outputs, inputs, taps, groups: groups));
                    if (groups == 1)
                    {
                        Check(
                            initializer,
                            TensorDescription.TransposedConvolution(
                                outputs,
                                inputs,
                                taps,
                                layout: WeightLayout.KerasTransposed
                            )
                        );
                    }
                }
            },
            iter: 150,
            seed: Property.Seed
        );

    /// <summary>Tiles of every kind: whole rows and parts of them, several and cut ones, on several threads.</summary>
    [Fact]
    public void TilesOfEverySizeStoreTheSame() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 70], Gen.OneOf(Gen.Int[1, 70], Gen.Int[300, 600]), Gen.Int[1, 12])
            .Sample(
                (groups, outputs, inputs, taps) =>
                {
                    (outputs, inputs) = (outputs * groups, inputs * groups);
                    List<TensorDescription> tensors =
                    [
                        TensorDescription.Convolution(outputs, inputs, [taps], groups, WeightLayout.Keras),
                        TensorDescription.Convolution(outputs, inputs, [taps], groups, WeightLayout.Mlx),
                        TensorDescription.Depthwise(inputs, 3, [taps]),
                        TensorDescription.TransposedConvolution(outputs, inputs, [taps], groups: groups),
                        TensorDescription.TransposedConvolution(
                            outputs,
                            inputs,
                            [taps],
                            layout: WeightLayout.KerasTransposed
                        ),
                    ];
                    foreach (var tensor in tensors.Where(tensor => StoredOrder.Of(tensor) is not null))
                    {
                        Compare<float>(tensor);
                        Compare<double>(tensor);
                        Compare<BFloat16>(tensor);
                    }
                },
                iter: 20,
                seed: Property.Seed
            );

    private static void Compare<T>(TensorDescription tensor)
        where T : unmanaged
    {
        var stream = RandomStream.Create(5, "w");
        var order = StoredOrder.Of(tensor)!.Value;
        var (canonical, expected, found) = (new T[tensor.Count], new T[tensor.Count], new T[tensor.Count]);
        stream.FillNormal<T>(canonical, 0, 1, 0);
        order.Store(canonical, expected);
        stream.FillNormal<T>(found, 0, 1, 0, order);
        AssertSame(expected, found);
        if (typeof(T) == typeof(float))
        {
            Array.Clear(found);
            PermutedFill.Run<uint, float, T, NormalSingle>(
                stream,
                found,
                0,
                NormalSingle.Create<SingleGrid>(0, 1),
                order,
                3
            );
            AssertSame(expected, found);
        }

        static void AssertSame(T[] expected, T[] found) =>
            Assert.True(MemoryMarshal.AsBytes<T>(expected).SequenceEqual(MemoryMarshal.AsBytes<T>(found)));
    }

    /// <summary>The rules of the fan too, where the layers have the same fan.</summary>
    [Fact]
    public void TorchAndKerasAgreeOnEveryRule() =>
        s_layers.Sample(
            layer =>
            {
                (int outputs, int inputs) = (layer.Outputs * layer.Groups, layer.Inputs * layer.Groups);
                long[] taps = [.. layer.Taps.Select(t => (long)t)];
                foreach (string rule in Rules.ForWeights)
                {
                    Initializer initializer = Initializer.Parse(rule);
                    TensorDescription keras = TensorDescription.Convolution(
                        outputs,
                        inputs,
                        taps,
                        layer.Groups,
                        WeightLayout.Keras
                    );
                    float[] canonical = new float[keras.Count];
                    initializer.Fill(
                        canonical,
                        TensorDescription.Convolution(outputs, inputs, taps, layer.Groups),
                        5,
                        "layer"
                    );
                    Compare(canonical, initializer, keras);
                }
            },
            iter: 20,
            seed: Property.Seed
        );

    /// <summary>By hand: [out 2, in 3] stored as [in 3, out 2].</summary>
    [Fact]
    public void DenseInKerasOrderIsTheTranspose()
    {
        var rising = Initializer.Custom("rising", (values, _, _) => Number(values));
        float[] stored = new float[6];
        rising.Fill(stored, TensorDescription.Dense(2, 3, WeightLayout.Keras), 0, "k");
        Assert.Equal([0, 3, 1, 4, 2, 5], stored);
        double[] wide = new double[6];
        rising.Fill(wide, TensorDescription.Dense(2, 3, WeightLayout.Keras), 0, "k");
        Assert.Equal([0, 3, 1, 4, 2, 5], wide);
    }

    private static void Number(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }
    }

    private static void Check(Initializer initializer, TensorDescription tensor)
    {
        long[] taps = [.. tensor.Taps];
        float[] canonical = new float[tensor.Count];
        initializer.Fill(
            canonical,
            TensorDescription.Convolution(tensor.Outputs, tensor.Inputs, taps, tensor.Groups),
            5,
            "layer"
        );
        Compare(canonical, initializer, tensor);
    }

    private static void Compare(float[] canonical, Initializer initializer, TensorDescription tensor)
    {
        float[] stored = new float[tensor.Count];
        initializer.Fill(stored, tensor, 5, "layer");
        (long outputs, long inputs) = (tensor.Outputs / tensor.Groups, tensor.Inputs / tensor.Groups);
        int from = 0;
        for (long o = 0; o < tensor.Outputs; o++)
        {
            for (long i = 0; i < inputs; i++)
            {
                foreach (long[] tap in Positions([.. tensor.Taps]))
                {
                    long inputOfAll = (o / outputs * inputs) + i;
                    long[] place = tensor.Layout switch
                    {
                        WeightLayout.Torch => [o, i, .. tap],
                        WeightLayout.Keras => [.. tap, i, o],
                        WeightLayout.KerasDepthwise => [.. tap, o / outputs, o % outputs],
                        WeightLayout.Mlx => [o, .. tap, i],
                        WeightLayout.TorchTransposed => [inputOfAll, o % outputs, .. tap],
                        _ => [.. tap, o, i],
                    };
                    long at = 0;
                    for (int axis = 0; axis < place.Length; axis++)
                    {
                        Assert.InRange(place[axis], 0, tensor.Shape[axis] - 1);
                        at = (at * tensor.Shape[axis]) + place[axis];
                    }
                    Assert.Equal(canonical[from++], stored[at]);
                }
            }
        }
        Assert.Equal(stored.Length, from);
    }

    [Fact]
    public void ShortRowsFitASmallStack()
    {
        // The stack of a thread is 1.5 MB where the system sets no other.
        var stored = new float[40_000];
        var tensor = TensorDescription.Dense(stored.Length, 1, WeightLayout.Keras);
        Thread thread = new(() => Initializer.Normal().Fill(stored, tensor, 1, "w"), 1536 << 10);
        thread.Start();
        thread.Join();
        var canonical = new float[stored.Length];
        Initializer.Normal().Fill(canonical, TensorDescription.Dense(stored.Length, 1), 1, "w");
        Assert.Equal(canonical, stored);
    }

    private static IEnumerable<long[]> Positions(long[] sizes) =>
        sizes.Length == 0
            ?
            [
                [],
            ]
            : Positions(sizes[..^1])
                .SelectMany(head => Enumerable.Range(0, (int)sizes[^1]).Select(t => (long[])[.. head, t]));
}
