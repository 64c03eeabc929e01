using FanIn;

namespace Outside;

/// <summary>An initializer of one's own: written, checked against the law that is meant, and used where FanIn's are.</summary>
public sealed class CustomInitializerTests
{
    private static readonly TensorDescription s_tensor = TensorDescription.Dense(outputs: 512, inputs: 256);

    private static readonly Initializer s_mine = Initializer.Custom(
        "quarter_uniform",
        (values, tensor, stream) =>
        {
            double bound = 1 / (4 * Math.Sqrt(tensor.Fan!.Value.In));
            stream.FillUniform(values, -bound, bound);
        }
    );

    [Theory]
    [InlineData(1, true)]
    [InlineData(1.05, false)]
    public void TheCheckTellsRightFromWrong(double factor, bool passes)
    {
        double bound = factor / 64;
        ConformanceReport report = Conformance.Check(
            s_mine,
            s_tensor,
            new() { Expected = ElementDistribution.Uniform(-bound, bound), ErrorRate = 1e-9 }
        );
        Assert.Equal(passes, report.Passed);
        Assert.Equal(passes, report.Find("standard deviation")!.Passed);
        Assert.Equal(passes, !report.ToString().Contains("FAILED", StringComparison.Ordinal));
    }

    /// <summary>A function of another library's, here one that forgets the key.</summary>
    [Fact]
    public void AFunctionThatForgetsItsKeyIsFound()
    {
        ConformanceReport report = Conformance.Check(
            "keyless",
            (destination, seed, _) => RandomStream.Create(seed, "always the same").FillNormal(destination),
            ElementDistribution.Normal(0, 1),
            s_tensor
        );
        Assert.False(report.Passed);
        Assert.Equal(["two keys"], report.Findings.Where(finding => !finding.Passed).Select(finding => finding.Name));
    }

    [Fact]
    public void ItGoesIntoRecipesUnderItsName()
    {
        ModelDescription model = new([
            new("fc.weight", s_tensor, ParameterRole.Weight),
            new("fc.bias", TensorDescription.Plain(512), ParameterRole.Bias),
        ]);
        Plan plan = Recipe.Of(s_mine).Apply(model);
        Assert.Same(s_mine, plan.Rows[0].Initializer);
        Assert.Contains("quarter_uniform", plan.ToString(), StringComparison.Ordinal);
        float[] planned = new float[s_tensor.Count];
        float[] direct = new float[s_tensor.Count];
        plan.Rows[0].Fill(planned, seed: 5);
        s_mine.Fill(direct, s_tensor, seed: 5, key: "fc.weight");
        Assert.Equal(direct, planned);
        Assert.InRange(planned.Max(), 0.015, 1 / 64.0);
    }
}
