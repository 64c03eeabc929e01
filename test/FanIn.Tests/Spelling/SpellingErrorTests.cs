using CsCheck;

namespace FanIn.Tests;

/// <summary>What a person reads who mistyped: the whole sentence.</summary>
public sealed class SpellingErrorTests
{
    private const string Known =
        "known are: zeros, ones, constant, uniform, normal, truncated_normal, variance_scaling, xavier_uniform, "
        + "xavier_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, standard_uniform, orthogonal, lsuv, "
        + "krahenbuhl, weight_norm, metainit, gradinit";

    [Theory]
    [InlineData("kaiming_normal_", "unknown initializer 'kaiming_normal_'; here it is called 'he_normal'")]
    [InlineData("glorot_uniform", "unknown initializer 'glorot_uniform'; here it is called 'xavier_uniform'")]
    [InlineData("trunc_normal_", "unknown initializer 'trunc_normal_'; here it is called 'truncated_normal'")]
    [InlineData("he_norml", "unknown initializer 'he_norml'; did you mean 'he_normal'?")]
    [InlineData("He-Normal", "unknown initializer 'He-Normal'; did you mean 'he_normal'?")]
    [InlineData("zreos", "unknown initializer 'zreos'; did you mean 'zeros'?")]
    [InlineData("he_normal)", "unknown initializer 'he_normal)'; did you mean 'he_normal'?")]
    [InlineData("truncatednormal(std=1)", "unknown initializer 'truncatednormal'; did you mean 'truncated_normal'?")]
    [InlineData("sparse", "unknown initializer 'sparse'; " + Known)]
    [InlineData("", "unknown initializer ''; " + Known)]
    [InlineData("(1)", "unknown initializer ''; " + Known)]
    [InlineData("zeros(1)", "the initializer 'zeros' takes no arguments, but got '1'")]
    [InlineData("zeros(value=1)", "the initializer 'zeros' takes no arguments, but got 'value'")]
    [InlineData("constant", "the initializer 'constant' needs its argument: constant(value)")]
    [InlineData("orthogonal(1,2)", "the initializer 'orthogonal' takes 1 argument(s), but got more: '2'")]
    [InlineData("orthogonal(gian=2)", "unknown argument of initializer 'orthogonal': 'gian'; did you mean 'gain'?")]
    [InlineData("normal(sigma=2)", "unknown argument of initializer 'normal': 'sigma'; known are: mean, std")]
    [InlineData("normal(std=1,std=2)", "the initializer 'normal' gets its argument 'std' twice")]
    [InlineData("normal(mean=1,2,std=3)", "the initializer 'normal' gets its argument 'std' twice")]
    [InlineData("normal(std=-1)", "the argument std=-1 of initializer 'normal' must be a finite number, 0 or more")]
    [InlineData("normal(std=inf)", "the argument std=inf of initializer 'normal' must be a finite number, 0 or more")]
    [InlineData("normal(mean=-inf)", "the argument mean=-inf of initializer 'normal' must be a finite number")]
    [InlineData(
        "normal(std=x)",
        "std of initializer 'normal': 'x' is not a number; write for example 0.5, 1e-3, sqrt(2) or 5/3"
    )]
    [InlineData("normal(std=)", "the initializer 'normal(std=)' has an empty argument")]
    [InlineData("normal(,1)", "the initializer 'normal(,1)' has an empty argument")]
    [InlineData("normal(1,)", "the initializer 'normal(1,)' has an empty argument")]
    [InlineData(
        "normal(1",
        "the initializer 'normal(1' lacks its closing parenthesis; write name(argument=value, ...)"
    )]
    [InlineData(
        "normal(1)x",
        "the initializer 'normal(1)x' lacks its closing parenthesis; write name(argument=value, ...)"
    )]
    [InlineData("normal(1)(2)", "the parentheses of the initializer 'normal(1)(2)' don't match")]
    [InlineData("normal((1)", "the parentheses of the initializer 'normal((1)' don't match")]
    [InlineData("he_normal(mode=fanout)", "unknown mode of initializer 'he_normal': 'fanout'; did you mean 'fan_out'?")]
    [InlineData(
        "he_normal(mode=both)",
        "unknown mode of initializer 'he_normal': 'both'; known are: fan_in, fan_out, fan_avg, fan_geo_avg"
    )]
    [InlineData(
        "variance_scaling(distribution=laplace)",
        "unknown distribution of initializer 'variance_scaling': 'laplace'; known are: normal, uniform, truncated_normal"
    )]
    [InlineData(
        "truncated_normal(corrected=1)",
        "unknown corrected of initializer 'truncated_normal': '1'; known are: false, true"
    )]
    [InlineData("uniform(a=2,b=1)", "uniform(a=2,b=1) has a above b; write uniform(a=lowest,b=highest)")]
    [InlineData(
        "truncated_normal(a=2,b=2)",
        "truncated_normal(a=2,b=2) leaves nothing of the normal between a and b; a must be below b, and one of them within 38 std"
    )]
    [InlineData(
        "truncated_normal(a=50,b=60)",
        "truncated_normal(a=50,b=60) leaves nothing of the normal between a and b; a must be below b, and one of them within 38 std"
    )]
    [InlineData(
        "lsuv(max_tries=0)",
        "the argument max_tries=0 of initializer 'lsuv' must be a whole number from 1 to 1000000"
    )]
    [InlineData(
        "lsuv(max_tries=2.5)",
        "the argument max_tries=2.5 of initializer 'lsuv' must be a whole number from 1 to 1000000"
    )]
    public void OfInitializers(string text, string message)
    {
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Initializer.Parse(text)).Message);
        Assert.False(Initializer.TryParse(text, out Initializer? none));
        Assert.Null(none);
    }

    [Theory]
    [InlineData("leeky_relu", "unknown activation 'leeky_relu'; did you mean 'leaky_relu'?")]
    [InlineData("relu(1)", "the activation 'relu' takes no arguments, but got '1'")]
    [InlineData("leaky_relu(inf)", "the argument slope=inf of activation 'leaky_relu' must be a finite number")]
    [InlineData(
        "softshrink(-1)",
        "the argument threshold=-1 of activation 'softshrink' must be a finite number, 0 or more"
    )]
    [InlineData("celu(0)", "the argument alpha=0 of activation 'celu' must be a finite number above 0")]
    public void OfActivations(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Activation.Parse(text)).Message);

    [Fact]
    public void NullIsNoText()
    {
        Assert.Throws<ArgumentNullException>(() => Initializer.Parse(null!));
        Assert.False(Initializer.TryParse(null!, out _));
    }

    [Fact]
    public void LongAndUnprintableTextIsCutInTheMessage()
    {
        string longText = new('x', 100_000);
        string message = Assert.Throws<SpellingException>(() => Initializer.Parse(longText)).Message;
        Assert.Equal($"the initializer '{new string('x', 57)}...' is longer than 512 characters", message);
        message = Assert.Throws<SpellingException>(() => Initializer.Parse("he\u001b[31m\n_normal")).Message;
        Assert.DoesNotContain(message, char.IsControl);
        // An emoji at the cut and marks that turn the direction of the text.
        message = Assert
            .Throws<SpellingException>(() =>
                Initializer.Parse($"\u202e{new string('x', 55)}\U0001F600{longText[..60]}")
            )
            .Message;
        Assert.DoesNotContain('\u202e', message);
        Assert.DoesNotContain(message, char.IsSurrogate);
    }

    /// <summary>Whatever the text: a value or the one kind of exception, in one line, never anything else.</summary>
    [Fact]
    public void AnyTextIsReadOrRefused()
    {
        Gen<string> noise = Gen.String[Gen.Char["abehinorstu_()=,.0123456789+-*/ e\0\u0661\u202e"], 0, 40];
        Gen<string> near = Gen.Select(Property.AnyOf([.. Initializer.Names]), noise, (name, rest) => $"{name}({rest})");
        Gen.OneOf(noise, near, Gen.String)
            .Sample(
                text =>
                {
                    try
                    {
                        Initializer parsed = Initializer.Parse(text);
                        Assert.Equal(parsed, Initializer.Parse(parsed.ToString()));
                    }
                    catch (SpellingException e)
                    {
                        Assert.DoesNotContain(e.Message, char.IsControl);
                        Assert.InRange(e.Message.Length, 1, 400);
                    }
                },
                iter: 5000,
                seed: Property.Seed
            );
    }

    /// <summary>Code that passes a wrong number made a mistake of arguments, not of spelling.</summary>
    [Fact]
    public void FactoriesRefuseTheSameValues()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Constant(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.HeNormal(gain: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.HeNormal((FanMode)17));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Initializer.VarianceScaling(1, FanMode.In, (ScaledDistribution)(-1))
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Lsuv(0.05, 0));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.Uniform(2, 1));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.TruncatedNormal(a: 2, b: 1));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.TruncatedNormal(a: double.NaN));
    }
}
