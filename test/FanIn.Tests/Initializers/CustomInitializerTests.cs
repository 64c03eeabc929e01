namespace FanIn.Tests;

public sealed class CustomInitializerTests
{
    private static readonly InitializerFill s_scaled = (values, tensor, stream) =>
        stream.FillUniform(values, -1 / tensor.Fan!.Value.In, 1 / tensor.Fan!.Value.In);

    [Fact]
    public void FillGetsTheTensorAndTheStreamOfItsKey()
    {
        TensorDescription expected = TensorDescription.Dense(4, 8);
        int calls = 0;
        Initializer custom = Initializer.Custom(
            "spy",
            (values, tensor, stream) =>
            {
                calls++;
                Assert.Same(expected, tensor);
                Assert.Equal(32, values.Length);
                Assert.Equal(((Seed)7, "fc.weight"), (stream.Seed, stream.Key));
                Assert.All(values.ToArray(), x => Assert.Equal(0, x));
                stream.FillNormal(values);
            }
        );
        float[] filled = new float[32];
        filled.AsSpan().Fill(5);
        custom.Fill(filled, expected, 7, "fc.weight");
        float[] direct = new float[32];
        RandomStream.Create(7, "fc.weight").FillNormal(direct);
        Assert.Equal(direct, filled);
        double[] wide = new double[32];
        custom.Fill(wide, expected, 7, "fc.weight");
        Assert.Equal(direct.Select(x => (double)x), wide);
        Assert.Equal(2, calls);
        Assert.Null(custom.StandardDeviation(expected));
    }

    [Fact]
    public void EqualToItselfOnly()
    {
        Initializer first = Initializer.Custom("scaled_uniform", s_scaled);
        Initializer second = Initializer.Custom("scaled_uniform", s_scaled);
        Assert.Equal(first, first);
        Assert.Equal(first.GetHashCode(), first.GetHashCode());
        Assert.NotEqual(first, second);
        Assert.False(first.Equals((object)second));
        Assert.False(Initializer.Zeros.Equals(first));
        Assert.Equal(("scaled_uniform", "scaled_uniform"), (first.Name, first.ToString()));
        Assert.False(Initializer.TryParse("scaled_uniform", out _));
    }

    /// <summary>The name is what reports and stores tell initializers apart by.</summary>
    [Theory]
    [InlineData("he_normal")]
    [InlineData("zeros")]
    [InlineData("he_normal(mode=fan_out)")]
    [InlineData("mine(1)")]
    [InlineData("a,b")]
    [InlineData("a=b")]
    [InlineData(" zeros")]
    [InlineData("mine ")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData(" ")]
    public void NamesAreNamesOfTheirOwn(string name) =>
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => Initializer.Custom(name, s_scaled)).ParamName);

    [Fact]
    public void NullsAreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Initializer.Custom(null!, s_scaled));
        Assert.Throws<ArgumentNullException>(() => Initializer.Custom("mine", null!));
    }

    [Fact]
    public void WorksInARecipe()
    {
        Initializer custom = Initializer.Custom("scaled_uniform", s_scaled);
        var model = new ModelDescription([
            new("fc.weight", TensorDescription.Dense(4, 8, WeightLayout.Keras), ParameterRole.Weight),
            new("fc.bias", TensorDescription.Plain(4), ParameterRole.Bias),
        ]);
        Plan plan = Recipe.Of(custom).Apply(model);
        Assert.Same(custom, plan.Rows[0].Initializer);
        Assert.Null(plan.Rows[0].StandardDeviation);
        float[] values = new float[32];
        plan.Rows[0].Fill(values, 1);
        Assert.All(values, x => Assert.InRange(x, -1f / 8, 1f / 8));
        Assert.Equal(32, values.Distinct().Count());
    }
}
