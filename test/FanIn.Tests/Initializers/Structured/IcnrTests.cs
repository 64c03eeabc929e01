namespace FanIn.Tests;

public sealed class IcnrTests
{
    /// <summary>
    /// Any image through the convolution and the rearrangement, each from its definition: a nearest-neighbour enlargement,
    /// that is blocks of equal pixels.
    /// </summary>
    [Theory]
    [InlineData(IcnrOrder.PixelShuffle, 2, 1, new[] { 3 }, new[] { 7 })]
    [InlineData(IcnrOrder.PixelShuffle, 2, 1, new[] { 3, 3 }, new[] { 4, 5 })]
    [InlineData(IcnrOrder.PixelShuffle, 3, 2, new[] { 1, 2 }, new[] { 4, 5 })]
    [InlineData(IcnrOrder.PixelShuffle, 2, 1, new[] { 2, 1, 3 }, new[] { 2, 3, 4 })]
    [InlineData(IcnrOrder.DepthToSpace, 2, 1, new[] { 3 }, new[] { 7 })]
    [InlineData(IcnrOrder.DepthToSpace, 3, 1, new[] { 3, 3 }, new[] { 4, 5 })]
    [InlineData(IcnrOrder.DepthToSpace, 2, 1, new[] { 2, 1, 3 }, new[] { 2, 3, 4 })]
    public void TheLargerImageIsMadeOfEqualBlocks(IcnrOrder order, int scale, int groups, int[] kernel, int[] sizes)
    {
        int dimensions = kernel.Length;
        int block = (int)Math.Pow(scale, dimensions);
        const int Channels = 4;
        TensorDescription tensor = TensorDescription.Convolution(
            Channels * block,
            6,
            [.. kernel.Select(k => (long)k)],
            groups
        );
        double[,,,] w = Structured.Connections(Initializer.Icnr(scale, order: order), tensor);
        double[,] image = Structured.RandomImage(6, sizes);
        double[,] channels = Structured.CircularConvolution(w, kernel, image, sizes);
        int positions = channels.GetLength(1);
        var large = new Dictionary<(int Channel, string At), double>();
        for (int c = 0; c < channels.GetLength(0); c++)
        {
            (int channel, int within) =
                order == IcnrOrder.PixelShuffle ? (c / block, c % block) : (c % Channels, c / Channels);
            for (int p = 0; p < positions; p++)
            {
                large[(channel, Place(p, within))] = channels[c, p];
            }
        }
        Assert.Equal(Channels * block * positions, large.Count);
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int p = 0; p < positions; p++)
            {
                double first = large[(channel, Place(p, 0))];
                Assert.NotEqual(0, first);
                for (int within = 1; within < block; within++)
                {
                    Assert.Equal(first, large[(channel, Place(p, within))]);
                }
            }
            Assert.NotEqual(large[(channel, Place(0, 0))], large[((channel + 1) % Channels, Place(0, 0))]);
        }

        // Row-major in both: position p of the small image and place within its block.
        string Place(int p, int within)
        {
            string at = "";
            for (int d = dimensions - 1; d >= 0; d--)
            {
                at = $"{((p % sizes[d]) * scale) + (within % scale)},{at}";
                (p, within) = (p / sizes[d], within / scale);
            }
            return at;
        }
    }

    [Theory]
    [InlineData("he_normal(mode=fan_out)")]
    [InlineData("xavier_uniform")]
    [InlineData("orthogonal(gain=sqrt(2))")]
    [InlineData("dirac")]
    public void TheFiltersAreThoseOfASmallerTensor(string init)
    {
        TensorDescription tensor = TensorDescription.Convolution(12, 5, [3, 3]);
        TensorDescription small = TensorDescription.Convolution(3, 5, [3, 3]);
        (float[] found, float[] filters) = (new float[12 * 45], new float[3 * 45]);
        Initializer icnr = Initializer.Parse($"icnr(init={init})");
        icnr.Fill(found, tensor, 4, "w");
        Initializer.Parse(init).Fill(filters, small, 4, "w");
        for (int o = 0; o < 12; o++)
        {
            Assert.Equal(filters[(o / 4 * 45)..((o / 4 * 45) + 45)], found[(o * 45)..((o * 45) + 45)]);
        }
        Assert.Equal(Initializer.Parse(init).StandardDeviation(small), icnr.StandardDeviation(tensor));
    }

    /// <summary>The fan of the smaller layer counts the stride too.</summary>
    [Fact]
    public void OfATransposedConvolution()
    {
        TensorDescription tensor = TensorDescription.TransposedConvolution(8, 4, [3, 3], [2, 2]);
        Assert.Equal(Math.Sqrt(2 / 9.0), Initializer.Icnr().StandardDeviation(tensor)!.Value, 1e-12);
    }

    [Fact]
    public void ACustomStartIsItself()
    {
        Initializer one = Initializer.Custom("mine", (values, _, _) => values.Fill(3));
        Initializer two = Initializer.Custom("mine", (values, _, _) => values.Fill(4));
        Assert.Equal(Initializer.Icnr(2, one), Initializer.Icnr(2, one));
        Assert.NotEqual(Initializer.Icnr(2, one), Initializer.Icnr(2, two));
        Assert.Equal("icnr(init=mine)", Initializer.Icnr(2, one).ToString());
        float[] values = new float[12];
        Initializer.Icnr(2, two).Fill(values, TensorDescription.Convolution(4, 1, [1, 3]), 1, "k");
        Assert.All(values, x => Assert.Equal(4, x));
        Assert.Null(Initializer.Icnr(2, two).StandardDeviation(TensorDescription.Convolution(4, 1, [1, 3])));
        Assert.Equal(Initializer.Icnr(2, Initializer.HeNormal()), Initializer.Icnr());
        Assert.Throws<ArgumentException>(() => Initializer.Icnr(2, Initializer.Lsuv()));
    }
}
