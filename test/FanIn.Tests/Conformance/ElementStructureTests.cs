namespace FanIn.Tests;

/// <summary>What every rule of the catalogue says of its elements together, against what it draws.</summary>
public sealed class ElementStructureTests
{
    private const string Key = "attn#q";

    private static readonly TensorDescription[] s_tensors =
    [
        TensorDescription.Dense(24, 36),
        TensorDescription.Convolution(24, 12, [3, 2]),
        TensorDescription.Convolution(24, 12, [3, 2], 4, WeightLayout.Keras),
        TensorDescription.Embedding(24, 36),
        TensorDescription.Dense(30, 30),
        TensorDescription.Plain(48),
        TensorDescription.Plain(1),
    ];

    private static readonly string[] s_further =
    [
        "icnr(init=orthogonal)",
        "icnr(init=zeros)",
        "icnr(scale=1)",
        "sparse(count=bernoulli)",
        "chrono(max_time=20)",
        "orthogonal(gain=0)",
        "conv_orthogonal(gain=0)",
        "delta_orthogonal(gain=0)",
    ];

    public static TheoryData<string> Rules =>
        [
            .. InitializerCatalogue
                .ByName.Values.Where(form => !form.Default.IsDataDriven)
                .Select(form => form.Default.ToString())
                .Concat(s_further),
        ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void IsTrueOfWhatIsDrawn(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        int filled = 0;
        foreach (TensorDescription tensor in s_tensors)
        {
            if (Draw(initializer, tensor, 1) is not { } values)
            {
                continue;
            }
            filled++;
            ElementStructure structure = initializer.Structure(tensor);
            double[] other = Draw(initializer, tensor, 2)!;
            Assert.True(structure.IsFixed == values.SequenceEqual(other), $"{tensor}: {structure}");
            Assert.False(structure.IsFixed && structure.IsUncorrelated);
            // Of a law without atoms no two draws of float64 are equal, so that equal elements are copies.
            if ((structure.IsUncorrelated || structure.Copies > 1) && !values.Contains(0))
            {
                Assert.Equal((double)values.Length / values.Distinct().Count(), structure.Copies);
            }
        }
        Assert.NotEqual(0, filled);
    }

    [Theory]
    [InlineData("icnr", 4)]
    [InlineData("icnr(scale=1)", 1)]
    [InlineData("icnr(init=orthogonal)", 4)]
    [InlineData("icnr(init=icnr)", 16)]
    [InlineData("icnr(init=identity)", 1)]
    [InlineData("icnr(init=nguyen_widrow)", 1)]
    [InlineData("he_normal", 1)]
    public void CountsTheCopies(string rule, double copies) =>
        Assert.Equal(copies, Initializer.Parse(rule).Structure(TensorDescription.Convolution(32, 8, [3, 3])).Copies);

    /// <summary>The check of lengths, which they were not put to without the promise, passes.</summary>
    [Theory]
    [InlineData("delta_orthogonal(gain=2)")]
    [InlineData("conv_orthogonal(gain=0.5)")]
    public void ConvolutionsThatPromiseToKeepLengthsDo(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = TensorDescription.Convolution(32, 24, [3, 3]);
        Isometry promised = initializer.PromisedIsometry(tensor)!.Value;

        Assert.True(promised.OfConvolution);
        Assert.Equal(rule.Contains('2', StringComparison.Ordinal) ? 2 : 0.5, promised.Gain);
        Assert.Null(Initializer.Parse($"{initializer.Name}(gain=0)").PromisedIsometry(tensor));
        ConformanceReport report = Conformance.Check(initializer, tensor);
        Assert.True(report.Passed, report.ToString());
        Assert.InRange(report.Find("isometry")!.Statistic, 0, 1e-5);
    }

    private static double[]? Draw(Initializer initializer, TensorDescription tensor, Seed seed)
    {
        double[] values = new double[tensor.Count];
        try
        {
            initializer.Fill(values, tensor, seed, Key);
            return values;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
