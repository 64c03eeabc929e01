namespace FanIn.Tests;

/// <summary>Fans against the connections of a layer, each counted in a loop.</summary>
public sealed class FanTests
{
    [Theory]
    [InlineData(3, 5)]
    [InlineData(1, 1)]
    [InlineData(256, 784)]
    public void Dense(int outputs, int inputs)
    {
        (int[] into, int[] outOf) = (new int[outputs], new int[inputs]);
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                into[o]++;
                outOf[i]++;
            }
        }
        var fan = new Fan(into[0], outOf[0]);
        Assert.Equal(fan, TensorDescription.Dense(outputs, inputs).Fan);
        Assert.Equal(fan, TensorDescription.Dense(outputs, inputs, WeightLayout.Keras).Fan);
    }

    [Theory]
    [InlineData(4, 6, 3, 1, 1)]
    [InlineData(4, 6, 3, 1, 2)]
    [InlineData(8, 16, 3, 3, 4)]
    [InlineData(16, 8, 2, 5, 4)]
    [InlineData(6, 6, 3, 3, 6)] // depthwise
    [InlineData(12, 6, 3, 3, 6)] // depthwise with a multiplier of 2
    [InlineData(5, 7, 1, 1, 1)]
    public void Convolution(int outputs, int inputs, int height, int width, int groups)
    {
        const int Size = 12;
        var into = new int[outputs, Size, Size];
        var outOf = new int[inputs, Size, Size];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                if (o / (outputs / groups) != i / (inputs / groups))
                {
                    continue;
                }
                for (int y = 0; y <= Size - height; y++)
                {
                    for (int x = 0; x <= Size - width; x++)
                    {
                        for (int ty = 0; ty < height; ty++)
                        {
                            for (int tx = 0; tx < width; tx++)
                            {
                                into[o, y, x]++;
                                outOf[i, y + ty, x + tx]++;
                            }
                        }
                    }
                }
            }
        }
        var fan = new Fan(into[outputs - 1, 5, 5], outOf[0, 6, 6]);
        long[] taps = [height, width];
        Assert.Equal(fan, TensorDescription.Convolution(outputs, inputs, taps, groups).Fan);
        Assert.Equal(fan, TensorDescription.Convolution(outputs, inputs, taps, groups, WeightLayout.Keras).Fan);
    }

    /// <summary>Units of the output differ in their connections where the stride doesn't divide the kernel: their mean counts.</summary>
    [Theory]
    [InlineData(4, 6, 3, 3, 1, 1, 1)]
    [InlineData(4, 6, 4, 4, 2, 2, 1)]
    [InlineData(4, 6, 3, 3, 2, 2, 2)]
    [InlineData(16, 8, 3, 3, 2, 2, 4)]
    [InlineData(4, 8, 5, 2, 3, 1, 2)]
    [InlineData(3, 2, 2, 2, 3, 3, 1)] // some outputs get nothing
    public void TransposedConvolution(
        int outputs,
        int inputs,
        int height,
        int width,
        int strideY,
        int strideX,
        int groups
    )
    {
        const int Size = 12;
        var into = new int[outputs, Size * strideY + height, Size * strideX + width];
        var outOf = new int[inputs];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                if (o / (outputs / groups) != i / (inputs / groups))
                {
                    continue;
                }
                for (int y = 0; y < Size; y++)
                {
                    for (int x = 0; x < Size; x++)
                    {
                        for (int ty = 0; ty < height; ty++)
                        {
                            for (int tx = 0; tx < width; tx++)
                            {
                                into[o, y * strideY + ty, x * strideX + tx]++;
                                outOf[i] += (y, x) == (6, 6) ? 1 : 0;
                            }
                        }
                    }
                }
            }
        }
        // One period of the stride, far from the borders.
        int sum = 0;
        for (int y = 6 * strideY; y < 7 * strideY; y++)
        {
            for (int x = 6 * strideX; x < 7 * strideX; x++)
            {
                sum += into[0, y, x];
            }
        }
        Fan fan = TensorDescription
            .TransposedConvolution(outputs, inputs, [height, width], [strideY, strideX], groups)
            .Fan!.Value;
        Assert.Equal((double)sum / (strideY * strideX), fan.In, 1e-12);
        Assert.Equal(outOf[0], fan.Out);
        if (groups == 1)
        {
            Assert.Equal(
                fan,
                TensorDescription
                    .TransposedConvolution(
                        outputs,
                        inputs,
                        [height, width],
                        [strideY, strideX],
                        1,
                        WeightLayout.KerasTransposed
                    )
                    .Fan
            );
        }
    }

    /// <summary>What PyTorch itself computes here is wrong: (36, 72) and (18, 144).</summary>
    [Fact]
    public void KnownCases()
    {
        Assert.Equal(new Fan(4.5, 36), TensorDescription.TransposedConvolution(16, 8, [3, 3], [2, 2], 4).Fan);
        Assert.Equal(new Fan(18, 36), TensorDescription.Convolution(16, 8, [3, 3], 4).Fan);
        Assert.Equal(new Fan(2 * 27, 5 * 27), TensorDescription.Convolution(5, 2, [3, 3, 3]).Fan);
        Assert.Equal(new Fan(18, 18), TensorDescription.TransposedConvolution(6, 6, [3]).Fan);
    }

    /// <summary>A looked-up row reaches its unit by one connection and goes out to as many as it is wide.</summary>
    [Fact]
    public void Embedding() => Assert.Equal(new Fan(1, 64), TensorDescription.Embedding(1000, 64).Fan);

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
