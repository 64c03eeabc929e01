namespace FanIn.Tests;

public sealed class FillTests
{
    private const int Count = 1 << 16;

    private static readonly string[] s_random =
    [
        .. Rules.Random,
        "truncated_normal(a=-1,b=inf)",
        "variance_scaling(mode=fan_avg,distribution=truncated_normal)",
    ];

    private static readonly string[] s_needFan = Rules.OfTheFan;

    public static TheoryData<string> RandomRules => [.. s_random];
    public static TheoryData<string> RulesOfTheFan => [.. s_needFan];

    [Theory]
    [MemberData(nameof(RandomRules))]
    public void ValuesBelongToSeedAndKey(string rule)
    {
        float[] values = Values(rule, 1, "fc1.weight");
        Assert.Equal(values, Values(rule, 1, "fc1.weight"));
        float[][] others =
        [
            Values(rule, 2, "fc1.weight"),
            Values(rule, 1, "fc2.weight"),
            Values(rule, 1, "fc1.weight#q"),
            Values(rule, 1, ""),
            Values(rule, -1, "fc1.weight"),
        ];
        foreach (float[] other in others)
        {
            Assert.InRange(Statistics.Correlation(values, other), -4.5 / Math.Sqrt(Count), 4.5 / Math.Sqrt(Count));
            Assert.InRange(values.Zip(other).Count(pair => pair.First == pair.Second), 0, Count / 100);
        }
    }

    [Fact]
    public void Float64IsADrawOfItsOwn()
    {
        double[] wide = new double[Count];
        Initializer.HeNormal().Fill(wide, TensorDescription.Dense(256, 256), 1, "fc1.weight");
        float[] single = Values("he_normal", 1, "fc1.weight");
        Assert.DoesNotContain(wide.Zip(single), pair => (float)pair.First == pair.Second);
        Assert.Contains(wide, x => x != (float)x);
    }

    [Fact]
    public void TheSpanIsAsLongAsTheTensor()
    {
        TensorDescription tensor = TensorDescription.Dense(2, 3, WeightLayout.Keras);
        foreach (int length in (int[])[0, 5, 7])
        {
            string message = $"The span has {length} elements, but a tensor of shape [3, 2] has 6.";
            Assert.StartsWith(
                message,
                Assert
                    .Throws<ArgumentException>(() => Initializer.Zeros.Fill(new float[length], tensor, 0, "k"))
                    .Message
            );
            Assert.StartsWith(
                message,
                Assert
                    .Throws<ArgumentException>(() => Initializer.HeNormal().Fill(new double[length], tensor, 0, "k"))
                    .Message
            );
        }
    }

    [Fact]
    public void KeysMustBeText()
    {
        TensorDescription tensor = TensorDescription.Dense(2, 3);
        Assert.Throws<ArgumentNullException>(() => Initializer.Zeros.Fill(new float[6], tensor, 0, null!));
        Assert.Throws<ArgumentException>(() => Initializer.Zeros.Fill(new float[6], tensor, 0, "\ud800"));
        Assert.Throws<ArgumentNullException>(() => Initializer.Zeros.Fill(new float[6], null!, 0, "k"));
    }

    [Theory]
    [MemberData(nameof(RulesOfTheFan))]
    public void AVectorHasNoFan(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        string message =
            $"{rule} needs a fan, but a tensor of shape [64] without a layout has none; say what it is "
            + "(TensorDescription.Dense, Convolution ...) or use an initializer with its own scale, such as "
            + "normal(std=0.02) or zeros.";
        Assert.True(initializer.NeedsFan);
        var error = Assert.Throws<ArgumentException>(() =>
            initializer.Fill(new float[64], TensorDescription.Plain(64), 0, "k")
        );
        Assert.StartsWith(message, error.Message);
        if (!initializer.IsDataDriven)
        {
            error = Assert.Throws<ArgumentException>(() => initializer.StandardDeviation(TensorDescription.Plain(64)));
            Assert.StartsWith(message, error.Message);
        }
    }

    [Fact]
    public void RulesWithTheirOwnScaleFillAnyShape()
    {
        foreach (string rule in Rules.OfOwnScale)
        {
            Initializer initializer = Initializer.Parse(rule);
            Assert.False(initializer.NeedsFan);
            float[] plain = new float[24];
            initializer.Fill(plain, TensorDescription.Plain(2, 3, 4), 9, "k");
            float[] vector = new float[24];
            initializer.Fill(vector, TensorDescription.Plain(24), 9, "k");
            Assert.Equal(plain, vector);
        }
    }

    [Fact]
    public void EmptyTensorsAreFilledWithNothing()
    {
        TensorDescription[] tensors =
        [
            TensorDescription.Dense(0, 5),
            TensorDescription.Dense(5, 0, WeightLayout.Keras),
            TensorDescription.Dense(0, 0),
            TensorDescription.Convolution(4, 4, [3, 0], 2),
            TensorDescription.TransposedConvolution(4, 0, [3]),
            TensorDescription.Embedding(0, 3),
        ];
        foreach (string rule in s_random.Append("zeros"))
        {
            foreach (TensorDescription tensor in tensors)
            {
                Initializer.Parse(rule).Fill(Span<float>.Empty, tensor, 0, "k");
                Initializer.Parse(rule).Fill(Span<double>.Empty, tensor, 0, "k");
                Assert.True(double.IsFinite(Initializer.Parse(rule).StandardDeviation(tensor)!.Value));
            }
        }
        Initializer.Normal().Fill(Span<float>.Empty, TensorDescription.Plain(0), 0, "k");
    }

    [Fact]
    public void LsuvTakesAModelAndData()
    {
        LsuvInitializer lsuv = Initializer.Lsuv(0.1, 5);
        Assert.True(lsuv.IsDataDriven);
        Assert.Equal((0.1, 5, Initializer.Orthogonal()), (lsuv.Tolerance, lsuv.MaxTries, lsuv.Start));
        Assert.Null(lsuv.StandardDeviation(TensorDescription.Dense(2, 2)));
        var error = Assert.Throws<NotSupportedException>(() =>
            lsuv.Fill(new float[4], TensorDescription.Dense(2, 2), 0, "k")
        );
        Assert.Equal(
            "lsuv(tolerance=0.1,max_tries=5) scales weights to the data that pass through a network, so it can't fill a "
                + "single tensor; apply it to a model and give it a batch.",
            error.Message
        );
        Assert.False(Initializer.HeNormal().IsDataDriven);
    }

    private static float[] Values(string rule, Seed seed, string key)
    {
        float[] values = new float[Count];
        Initializer.Parse(rule).Fill(values, TensorDescription.Dense(256, 256), seed, key);
        return values;
    }
}
