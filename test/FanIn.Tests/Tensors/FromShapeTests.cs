using CsCheck;

namespace FanIn.Tests;

public class FromShapeTests
{
    [Fact]
    public void IsTheTensorThatTheLayersSizesDescribe() =>
        Gen.Select(Gen.Long[0, 6], Gen.Long[0, 6], Gen.Long[1, 3], Gen.Long[0, 4].Array[0, 3])
            .Sample(
                (outputs, inputs, groups, taps) =>
                {
                    (outputs, inputs) = (outputs * groups, inputs * groups);
                    long[] stride = [.. taps.Select((_, i) => i + 2L)];
                    TensorDescription[] described =
                    [
                        TensorDescription.Convolution(outputs, inputs, taps, groups),
                        TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Keras),
                        TensorDescription.TransposedConvolution(outputs, inputs, taps, stride, groups),
                        TensorDescription.TransposedConvolution(
                            outputs,
                            inputs,
                            taps,
                            stride,
                            1,
                            WeightLayout.KerasTransposed
                        ),
                        TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Mlx),
                        TensorDescription.TransposedConvolution(
                            outputs,
                            inputs,
                            taps,
                            stride,
                            groups,
                            WeightLayout.Mlx
                        ),
                        TensorDescription.Depthwise(inputs, groups, taps),
                        TensorDescription.Embedding(outputs, inputs),
                        TensorDescription.Plain([.. taps, inputs]),
                    ];
                    return described.All(tensor =>
                    {
                        bool isTransposed = !tensor.Stride.IsEmpty;
                        var read = TensorDescription.FromShape(
                            [.. tensor.Shape],
                            tensor.Layout,
                            tensor.Groups,
                            isTransposed ? stride : []
                        );
                        return read == tensor
                            && (read.Outputs, read.Inputs, read.Count) == (tensor.Outputs, tensor.Inputs, tensor.Count);
                    });
                }
            );

    [Theory]
    [InlineData(new long[] { 3 }, WeightLayout.Torch, 1, null, "layout torch has at least 2 axes, but [3] has 1")]
    [InlineData(
        new long[] { },
        WeightLayout.KerasTransposed,
        1,
        null,
        "keras_transposed has at least 2 axes, but [] has 0"
    )]
    [InlineData(
        new long[] { 3, 4, 5 },
        WeightLayout.Embedding,
        1,
        null,
        "layout embedding has 2 axes, but [3, 4, 5] has 3"
    )]
    [InlineData(new long[] { 3, 4 }, WeightLayout.Embedding, 2, null, "layout embedding has no groups")]
    [InlineData(new long[] { 3, 4 }, WeightLayout.Torch, 2, null, "2 groups don't divide 8 inputs and 3 outputs")]
    [InlineData(new long[] { 3, 4 }, WeightLayout.Torch, 0, null, "groups")]
    [InlineData(new long[] { 3, -4 }, WeightLayout.Torch, 1, null, "-4")]
    [InlineData(new long[] { 4, long.MaxValue }, WeightLayout.Torch, 4, null, "more than 2^63 channels")]
    [InlineData(new long[] { 3, 4, 5 }, WeightLayout.Torch, 1, new long[] { 2 }, "not in layout torch")]
    [InlineData(new long[] { 3, 4, 5 }, WeightLayout.TorchTransposed, 1, new long[] { 2, 2 }, "needs 1 strides, not 2")]
    [InlineData(new long[] { 5, 3, 3 }, WeightLayout.KerasTransposed, 3, null, "no grouped transposed")]
    [InlineData(
        new long[] { 3, 3, 8, 2 },
        WeightLayout.KerasDepthwise,
        4,
        null,
        "layout keras_depthwise has no groups but one for each input"
    )]
    [InlineData(new long[] { 5, 4 }, (WeightLayout)17, 1, null, "no such layout")]
    public void AnythingElseIsRefused(long[] shape, WeightLayout layout, long groups, long[]? stride, string says)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() =>
            TensorDescription.FromShape(shape, layout, groups, stride ?? [])
        );

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }
}
