using FanIn;

namespace Outside;

/// <summary>Gains of an activation of one's own, random streams, other frameworks' bits, adapters.</summary>
public sealed class NumbersTests
{
    [Fact]
    public void GainsOfADelegate()
    {
        GaussianExpectation square = GaussianExpectation.Of(Activation.Custom("squared", x => x * x));
        Assert.Equal((1.0, 3.0, 2.0), (Round(square.Mean), Round(square.SecondMoment), Round(square.Variance)));
        // A corner that nobody told of.
        GaussianExpectation bent = GaussianExpectation.Of(Activation.Custom("bent", x => Math.Max(0.3 * x, x)));
        Assert.Equal(Math.Sqrt(2 / 1.09), bent.ForwardGain, 1e-10);
        GaussianExpectation relu = GaussianExpectation.Of(Activation.Parse("relu"), inputVariance: 4);
        Assert.Equal(2, relu.SecondMoment, 1e-12);

        static double Round(double x) => Math.Round(x, 10);
    }

    [Fact]
    public void StreamsHaveNamesAndPlaces()
    {
        RandomStream stream = RandomStream.Create(seed: 11, "data");
        double[] whole = new double[1000];
        double[] end = new double[300];
        stream.FillNormal(whole);
        stream.FillNormal(end, offset: 700);
        Assert.Equal(whole[700..], end);
        int[] order = new int[50];
        stream.Substream("order").FillPermutation(order);
        Assert.Equal(Enumerable.Range(0, 50), order.Order());
        int[] dice = new int[600];
        stream.FillIntegers(dice, below: 6);
        Assert.Equal([0, 1, 2, 3, 4, 5], dice.Distinct().Order());
        float[] other = new float[4];
        RandomStream.Create(Seed.Parse("-1"), "data").FillTruncatedNormal(other, mean: 1, std: 2, low: 0.5, high: 1.5);
        // The ends are in units of the standard deviation.
        Assert.All(other, x => Assert.InRange(x, 2f, 4f));
    }

    /// <summary>Numbers that these frameworks' documentation and countless notebooks show.</summary>
    [Fact]
    public void OtherFrameworksNumbers()
    {
        float[] torch = new float[4];
        new TorchRandom(seed: 42).FillUniform(torch);
        Assert.Equal([0.8823f, 0.9150f, 0.3829f, 0.9593f], torch.Select(x => MathF.Round(x, 4)));
        double[] numpy = new double[3];
        new NumPyGenerator(seed: 42).FillUniform(numpy);
        Assert.Equal([0.77395605, 0.43887844, 0.85859792], numpy.Select(x => Math.Round(x, 8)));
        double[] legacy = new double[2];
        new NumPyRandomState(seed: 42).FillUniform(legacy);
        Assert.Equal([0.3745401188473625, 0.9507143064099162], legacy);
        Assert.Equal(
            [new JaxKey(4146024105, 967050713), new JaxKey(2718843009, 1272950319)],
            JaxKey.FromSeed(0).Split(partitionable: false)
        );
        float[] weights = new float[6];
        Initializer.StandardUniform().Fill(weights, TensorDescription.Dense(2, 3), new TorchRandom(seed: 42));
        // kaiming_uniform_ with a = sqrt(5): the same words on +-1 / sqrt(3).
        Assert.Equal(((0.88227 * 2) - 1) / Math.Sqrt(3), weights[0], 1e-4);
    }

    [Fact]
    public void AnAdapterOfAnArray()
    {
        var shape = new LoraShape(Outputs: 12, Inputs: 8, Rank: 3);
        float[] weight = new float[96];
        Initializer.HeNormal().Fill(weight, TensorDescription.Dense(12, 8), seed: 1, key: "w");
        float[] residual = [.. weight];
        float[] a = new float[shape.ACount];
        float[] b = new float[shape.BCount];
        Lora.FillPissa(residual, a, b, shape, scaling: 2);
        for (int o = 0; o < 12; o++)
        {
            for (int i = 0; i < 8; i++)
            {
                float adapter = Enumerable.Range(0, 3).Sum(r => b[(o * 3) + r] * a[(r * 8) + i]);
                Assert.Equal(weight[(o * 8) + i], residual[(o * 8) + i] + (2 * adapter), 1e-5);
            }
        }
        Lora.FillDefault(a, b, shape, seed: 1, key: "w");
        Assert.All(b, x => Assert.Equal(0, x));
        Assert.All(a, x => Assert.InRange(Math.Abs(x), 0, 1 / Math.Sqrt(8)));
        Assert.Equal(a.Length, a.Distinct().Count());
    }
}
