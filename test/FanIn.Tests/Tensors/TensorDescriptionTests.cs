namespace FanIn.Tests;

public sealed class TensorDescriptionTests
{
    [Fact]
    public void ShapesAreAsStored()
    {
        (TensorDescription Tensor, long[] Shape, string Text)[] table =
        [
            (TensorDescription.Dense(256, 784), [256, 784], "[256, 784] torch"),
            (TensorDescription.Dense(256, 784, WeightLayout.Keras), [784, 256], "[784, 256] keras"),
            (TensorDescription.Convolution(16, 8, [3, 5], 4), [16, 2, 3, 5], "[16, 2, 3, 5] torch groups=4"),
            (
                TensorDescription.Convolution(16, 8, [3, 5], 4, WeightLayout.Keras),
                [3, 5, 2, 16],
                "[3, 5, 2, 16] keras groups=4"
            ),
            (
                TensorDescription.TransposedConvolution(16, 8, [3], [2], 4),
                [8, 4, 3],
                "[8, 4, 3] torch_transposed groups=4 stride=2"
            ),
            (
                TensorDescription.TransposedConvolution(16, 8, [3], [2], 1, WeightLayout.KerasTransposed),
                [3, 16, 8],
                "[3, 16, 8] keras_transposed stride=2"
            ),
            (TensorDescription.Embedding(10, 4), [10, 4], "[10, 4] embedding"),
            (TensorDescription.Plain(7), [7], "[7]"),
            (TensorDescription.Plain(), [], "[]"),
        ];
        foreach ((TensorDescription tensor, long[] shape, string text) in table)
        {
            Assert.Equal(shape, tensor.Shape);
            Assert.Equal(text, tensor.ToString());
            Assert.Equal(shape.Aggregate(1L, (a, b) => a * b), tensor.Count);
        }
    }

    [Fact]
    public void EqualByContent()
    {
        Assert.Equal(TensorDescription.Convolution(4, 2, [3, 3]), TensorDescription.Convolution(4, 2, [3, 3]));
        Assert.Equal(
            TensorDescription.Convolution(4, 2, [3, 3]).GetHashCode(),
            TensorDescription.Convolution(4, 2, [3, 3]).GetHashCode()
        );
        TensorDescription[] all =
        [
            TensorDescription.Dense(4, 4),
            TensorDescription.Dense(4, 4, WeightLayout.Keras),
            TensorDescription.Embedding(4, 4),
            TensorDescription.Plain(4, 4),
            TensorDescription.Plain(16),
            TensorDescription.Convolution(4, 8, [], 2),
            TensorDescription.TransposedConvolution(4, 4, []),
            TensorDescription.TransposedConvolution(4, 4, [2], [1]),
            TensorDescription.TransposedConvolution(4, 4, [2], [2]),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.False(all[0].Equals(null));
    }

    [Fact]
    public void GroupsMustDivide()
    {
        var error = Assert.Throws<ArgumentException>(() => TensorDescription.Convolution(8, 6, [3], 4));
        Assert.StartsWith("4 groups don't divide 6 inputs and 8 outputs; both must be multiples.", error.Message);
        Assert.Throws<ArgumentException>(() => TensorDescription.Convolution(6, 8, [3], 4));
        Assert.Throws<ArgumentException>(() => TensorDescription.TransposedConvolution(6, 8, [3], [1], 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Convolution(8, 6, [3], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Convolution(8, 6, [3], -2));
    }

    [Fact]
    public void SizesAreNotNegative()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Dense(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Dense(1, -2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Convolution(1, 2, [3, -3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Embedding(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Embedding(1, -2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.Plain(2, -1));
    }

    [Fact]
    public void AStrideIsPositiveAndOneADimension()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorDescription.TransposedConvolution(1, 2, [3], [0]));
        var error = Assert.Throws<ArgumentException>(() => TensorDescription.TransposedConvolution(1, 2, [3, 3], [2]));
        Assert.StartsWith("A kernel of 2 dimensions needs 2 strides, not 1.", error.Message);
    }

    [Fact]
    public void LayoutsMustFitTheLayer()
    {
        Assert.Throws<ArgumentException>(() => TensorDescription.Dense(1, 2, WeightLayout.None));
        Assert.Throws<ArgumentException>(() => TensorDescription.Dense(1, 2, WeightLayout.Embedding));
        Assert.Throws<ArgumentException>(() => TensorDescription.Dense(1, 2, WeightLayout.TorchTransposed));
        Assert.Throws<ArgumentException>(() => TensorDescription.Dense(1, 2, (WeightLayout)99));
        Assert.Throws<ArgumentException>(() =>
            TensorDescription.TransposedConvolution(1, 2, [3], layout: WeightLayout.Torch)
        );
        Assert.Throws<ArgumentException>(() =>
            TensorDescription.TransposedConvolution(2, 2, [3], [1], 2, WeightLayout.KerasTransposed)
        );
    }

    /// <summary>Sizes from a file may be anything: too large is a sentence, not an arithmetic fault or a negative count.</summary>
    [Fact]
    public void TooManyElementsAreRefused()
    {
        const long Huge = 1L << 40;
        Action[] makers =
        [
            () => TensorDescription.Dense(Huge, Huge),
            () => TensorDescription.Plain(Huge, Huge),
            () => TensorDescription.Embedding(long.MaxValue, 2),
            () => TensorDescription.Convolution(1, 1, [Huge, Huge]),
            () => TensorDescription.Convolution(0, 1, [Huge, Huge]),
            () => TensorDescription.TransposedConvolution(1, 1, [1, 1], [Huge, Huge]),
        ];
        foreach (Action make in makers)
        {
            Assert.Contains("2^63", Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
        }
        Assert.Equal(Huge * 1024, TensorDescription.Dense(Huge, 1024).Count);
    }

    [Fact]
    public void ATensorMayBeEmpty()
    {
        Assert.Equal(0, TensorDescription.Dense(0, 5).Count);
        Assert.Equal(0, TensorDescription.Plain(1L << 40, 1L << 40, 0).Count);
        Assert.Equal(0, TensorDescription.Convolution(4, 4, [3, 0]).Count);
        Assert.Equal(1, TensorDescription.Plain().Count);
        Assert.Equal(new Fan(5, 0), TensorDescription.Dense(0, 5).Fan);
    }
}
