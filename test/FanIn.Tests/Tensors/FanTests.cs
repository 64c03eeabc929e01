using CsCheck;

namespace FanIn.Tests;

/// <summary>
/// Fans of every kind of layer against its connections, which are enumerated from the layer's definition: which input and
/// output units one stored weight joins, on a circular grid, where all units of a channel are alike.
/// </summary>
public sealed class FanTests
{
    public static TheoryData<string, TensorDescription, double, double> Layers =>
        new()
        {
            { "dense", TensorDescription.Dense(5, 3), 3, 5 },
            { "dense, wide", TensorDescription.Dense(1, 784), 784, 1 },
            { "dense, Keras, JAX or ONNX's MatMul", TensorDescription.Dense(5, 3, WeightLayout.Keras), 3, 5 },
            { "dense, MLX", TensorDescription.Dense(5, 3, WeightLayout.Mlx), 3, 5 },
            { "convolution, 1 dimension", TensorDescription.Convolution(4, 6, [3]), 18, 12 },
            { "convolution, 2 dimensions", TensorDescription.Convolution(4, 6, [3, 2]), 36, 24 },
            { "convolution, 3 dimensions", TensorDescription.Convolution(4, 2, [2, 3, 2]), 24, 48 },
            { "convolution, Keras", TensorDescription.Convolution(4, 6, [3, 2], 1, WeightLayout.Keras), 36, 24 },
            { "convolution, MLX", TensorDescription.Convolution(4, 6, [3, 2], 1, WeightLayout.Mlx), 36, 24 },
            { "grouped", TensorDescription.Convolution(16, 8, [3, 3], 4), 18, 36 },
            { "grouped, Keras", TensorDescription.Convolution(16, 8, [3, 3], 4, WeightLayout.Keras), 18, 36 },
            { "grouped, MLX", TensorDescription.Convolution(16, 8, [3, 3], 4, WeightLayout.Mlx), 18, 36 },
            { "depthwise", TensorDescription.Convolution(6, 6, [3, 3], 6), 9, 9 },
            { "depthwise, multiplier 2", TensorDescription.Convolution(12, 6, [3, 3], 6), 9, 18 },
            { "depthwise, Keras", TensorDescription.Depthwise(6, 2, [3, 3]), 9, 18 },
            { "transposed", TensorDescription.TransposedConvolution(4, 6, [3, 3]), 54, 36 },
            { "transposed, stride 2", TensorDescription.TransposedConvolution(4, 6, [4, 4], [2, 2]), 24, 64 },
            { "transposed, stride that doesn't divide", Transposed([3, 3], [2, 2]), 13.5, 36 },
            { "transposed, stride beyond the kernel", Transposed([2, 2], [3, 3]), 6 * 4 / 9.0, 16 },
            { "transposed, mixed strides", Transposed([5, 2], [3, 1]), 6 * 10 / 3.0, 40 },
            { "transposed, grouped", TensorDescription.TransposedConvolution(16, 8, [3, 3], [2, 2], 4), 4.5, 36 },
            { "transposed, Keras", Transposed([4, 4], [2, 2], WeightLayout.KerasTransposed), 24, 64 },
            { "transposed, MLX", Transposed([4, 4], [2, 2], WeightLayout.Mlx), 24, 64 },
            { "transposed, 1 dimension", TensorDescription.TransposedConvolution(3, 2, [4], [2]), 4, 12 },
            { "embedding", TensorDescription.Embedding(1000, 64), 1, 64 },
        };

    [Theory]
    [MemberData(nameof(Layers))]
    public void IsTheNumberOfConnections(string layer, TensorDescription tensor, double fanIn, double fanOut)
    {
        Assert.NotEmpty(layer);
        Assert.Equal(fanIn, tensor.Fan!.Value.In, 1e-12);
        Assert.Equal(fanOut, tensor.Fan!.Value.Out, 1e-12);
        Fan counted = Counted(tensor);
        Assert.Equal(fanIn, counted.In, 1e-12);
        Assert.Equal(fanOut, counted.Out, 1e-12);
    }

    public static TheoryData<string, ParameterDescription, double, double> PackedParameters =>
        new()
        {
            { "QKV", Packed(["q", "k", "v"], TensorDescription.Dense(8, 8)), 8, 8 },
            { "QKV of GPT-2's Conv1D", Packed(["q", "k", "v"], KerasDense(8, 8), -1), 8, 8 },
            { "LSTM, input", Packed(["i", "f", "g", "o"], TensorDescription.Dense(5, 3)), 3, 5 },
            { "LSTM, recurrent", Packed(["i", "f", "g", "o"], TensorDescription.Dense(5, 5)), 5, 5 },
            { "LSTM, Keras", Packed(["i", "f", "c", "o"], KerasDense(5, 3), -1), 3, 5 },
            { "GRU", Packed(["r", "z", "n"], TensorDescription.Dense(5, 3)), 3, 5 },
            { "gate and up", Packed(["gate", "up"], TensorDescription.Dense(11, 4)), 4, 11 },
        };

    [Theory]
    [MemberData(nameof(PackedParameters))]
    public void ABlockHasItsOwn(string layer, ParameterDescription parameter, double fanIn, double fanOut)
    {
        Assert.NotEmpty(layer);
        Assert.Null(parameter.Tensor.Fan);
        Assert.All(parameter.Blocks, block => Assert.Equal(new Fan(fanIn, fanOut), block.Tensor.Fan));
        Assert.All(parameter.Blocks, block => Assert.Equal(new Fan(fanIn, fanOut), Counted(block.Tensor)));
        PlanRow row = new(parameter, "w", Initializer.XavierNormal());
        Assert.Equal(Math.Sqrt(2 / (fanIn + fanOut)), row.StandardDeviation!.Value, 1e-15);
    }

    [Fact]
    public void AnyConvolutionsIsCounted() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Select(Gen.Long[1, 4], Gen.Long[1, 3]).Array[0, 3])
            .Sample(
                (groups, outputs, inputs, axes) =>
                {
                    (outputs, inputs) = (outputs * groups, inputs * groups);
                    long[] taps = [.. axes.Select(axis => axis.Item1)];
                    long[] stride = [.. axes.Select(axis => axis.Item2)];
                    List<TensorDescription> tensors =
                    [
                        TensorDescription.Convolution(outputs, inputs, taps, groups),
                        TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Keras),
                        TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Mlx),
                        TensorDescription.Depthwise(inputs, groups, taps),
                        TensorDescription.TransposedConvolution(outputs, inputs, taps, stride, groups),
                        TensorDescription.TransposedConvolution(
                            outputs,
                            inputs,
                            taps,
                            stride,
                            groups,
                            WeightLayout.Mlx
                        ),
                        TensorDescription.TransposedConvolution(
                            outputs,
                            inputs,
                            taps,
                            stride,
                            1,
                            WeightLayout.KerasTransposed
                        ),
                    ];
                    foreach (TensorDescription tensor in tensors)
                    {
                        Fan counted = Counted(tensor);
                        Assert.Equal(counted.In, tensor.Fan!.Value.In, 1e-9);
                        Assert.Equal(counted.Out, tensor.Fan!.Value.Out, 1e-9);
                    }
                },
                iter: 200,
                seed: Property.Seed
            );

    private static TensorDescription Transposed(
        long[] taps,
        long[] stride,
        WeightLayout layout = WeightLayout.TorchTransposed
    ) => TensorDescription.TransposedConvolution(4, 6, taps, stride, 1, layout);

    private static TensorDescription KerasDense(long outputs, long inputs) =>
        TensorDescription.Dense(outputs, inputs, WeightLayout.Keras);

    private static ParameterDescription Packed(string[] blocks, TensorDescription block, int axis = 0) =>
        ParameterDescription.Packed("w", blocks, block, ParameterRole.Weight, axis);

    /// <summary>Connections of a unit: counted at each for every stored weight, at all places where the layer uses it.</summary>
    private static Fan Counted(TensorDescription tensor)
    {
        const int Size = 3;
        if (tensor.Layout == WeightLayout.Embedding)
        {
            // A row is looked up alone, so one weight leads into each unit, and as many out of the row as it has.
            return new(1, tensor.Shape[1]);
        }
        bool isTransposed = tensor.Layout is WeightLayout.TorchTransposed or WeightLayout.KerasTransposed;
        isTransposed |= !tensor.Stride.IsEmpty;
        int[] taps = [.. tensor.Taps.Select(t => (int)t)];
        int[] stride = [.. taps.Select((_, d) => tensor.Stride.IsEmpty ? 1 : (int)tensor.Stride[d])];
        int[] small = [.. taps.Select(_ => Size)];
        int[] large = [.. stride.Select(s => Size * s)];
        var into = new int[tensor.Outputs * Volume(isTransposed ? large : small)];
        var outOf = new int[tensor.Inputs * Volume(small)];
        for (long weight = 0; weight < tensor.Count; weight++)
        {
            (int output, int input, int[] tap) = Joined(tensor, weight);
            foreach (int[] place in Places(small))
            {
                // A convolution's output reads the inputs around it; a transposed one's input writes to the outputs around it.
                int[] around = [.. place.Select((p, d) => ((p * stride[d]) + tap[d]) % large[d])];
                into[Unit(output, isTransposed ? around : place, isTransposed ? large : small)]++;
                outOf[Unit(input, isTransposed ? place : around, small)]++;
            }
        }
        Assert.All(outOf, count => Assert.Equal(outOf[0], count));
        if (!isTransposed)
        {
            Assert.All(into, count => Assert.Equal(into[0], count));
        }
        return new(into.Average(), outOf[0]);
    }

    /// <summary>Where a weight is stored says which channels it joins, by the layouts' definitions, and through which tap.</summary>
    private static (int Output, int Input, int[] Tap) Joined(TensorDescription tensor, long weight)
    {
        int[] shape = [.. tensor.Shape.Select(size => (int)size)];
        int[] place = new int[shape.Length];
        for (int axis = place.Length - 1; axis >= 0; axis--)
        {
            (weight, long at) = Math.DivRem(weight, shape[axis]);
            place[axis] = (int)at;
        }
        (int outputs, int inputs) = ((int)(tensor.Outputs / tensor.Groups), (int)(tensor.Inputs / tensor.Groups));
        return tensor.Layout switch
        {
            WeightLayout.Torch => (place[0], (place[0] / outputs * inputs) + place[1], place[2..]),
            WeightLayout.Mlx => (place[0], (place[0] / outputs * inputs) + place[^1], place[1..^1]),
            WeightLayout.Keras => (place[^1], (place[^1] / outputs * inputs) + place[^2], place[..^2]),
            WeightLayout.KerasDepthwise => ((place[^2] * shape[^1]) + place[^1], place[^2], place[..^2]),
            WeightLayout.TorchTransposed => ((place[0] / inputs * outputs) + place[1], place[0], place[2..]),
            _ => (place[^2], place[^1], place[..^2]),
        };
    }

    private static int Volume(int[] sizes) => sizes.Aggregate(1, (a, b) => a * b);

    private static int Unit(int channel, int[] place, int[] sizes) =>
        place.Select((p, d) => (p, d)).Aggregate(channel, (unit, axis) => (unit * sizes[axis.d]) + axis.p);

    private static IEnumerable<int[]> Places(int[] sizes) =>
        sizes is [.., var last]
            ? Places(sizes[..^1]).SelectMany(head => Enumerable.Range(0, last).Select(p => (int[])[.. head, p]))
            :
            [
                [],
            ];

    /// <summary>What PyTorch itself computes here is wrong: (36, 72) and (18, 144).</summary>
    [Fact]
    public void KnownCases()
    {
        Assert.Equal(new Fan(4.5, 36), TensorDescription.TransposedConvolution(16, 8, [3, 3], [2, 2], 4).Fan);
        Assert.Equal(new Fan(18, 36), TensorDescription.Convolution(16, 8, [3, 3], 4).Fan);
        Assert.Equal(new Fan(2 * 27, 5 * 27), TensorDescription.Convolution(5, 2, [3, 3, 3]).Fan);
        Assert.Equal(new Fan(18, 18), TensorDescription.TransposedConvolution(6, 6, [3]).Fan);
    }

    [Fact]
    public void APlainTensorHasNone() => Assert.Null(TensorDescription.Plain(64, 32).Fan);

    [Fact]
    public void Modes()
    {
        var fan = new Fan(4, 9);
        Assert.Equal(
            [4, 9, 6.5, 6],
            [fan.Of(FanMode.In), fan.Of(FanMode.Out), fan.Of(FanMode.Average), fan.Of(FanMode.GeometricMean)]
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => fan.Of((FanMode)9));
    }
}
