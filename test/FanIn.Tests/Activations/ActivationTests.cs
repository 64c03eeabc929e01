using CsCheck;

namespace FanIn.Tests;

public sealed class ActivationTests
{
    private static readonly string[] s_canonical = (
        "identity relu leaky_relu(0.01) prelu(0.25) abs elu(1) selu celu(1) gelu gelu_tanh quick_gelu silu mish softplus "
        + "softsign tanh lecun_tanh sigmoid hard_sigmoid hardswish hardtanh relu6 erf sin cos atan squared_relu square "
        + "log_sigmoid tanhshrink softshrink(0.5) hardshrink(0.5) gaussian glu reglu geglu swiglu bilinear"
    ).Split(' ');

    [Fact]
    public void NamesAreTheCataloguesInItsOrder() =>
        Assert.Equal(s_canonical.Select(text => text.Split('(')[0]), Activation.Names);

    [Fact]
    public void EachIsSpelledWithItsParameter()
    {
        foreach (string text in s_canonical)
        {
            Activation activation = Activation.Parse(text.Split('(')[0]);
            Assert.Equal(text, activation.ToString());
            Assert.Equal(activation, Activation.Parse(text));
            Assert.Equal(text.Contains('('), activation.Parameter is not null);
            Assert.Equal(text.Split('(')[0], activation.Name);
        }
    }

    [Fact]
    public void RoundTrip() =>
        Gen.Select(
                Property.AnyOf("leaky_relu", "prelu", "elu", "celu", "softshrink", "hardshrink"),
                Gen.OneOf(Gen.Double[1e-6, 100], Gen.Int[1, 99].Select(n => Math.Sqrt(n)))
            )
            .Sample(
                (name, value) =>
                {
                    Activation activation = Activation.Parse($"{name}({NumberExpression.Print(value)})");
                    Assert.Equal(value, activation.Parameter);
                    Assert.Equal(activation, Activation.Parse(activation.ToString()));
                    Assert.Equal(activation.ToString(), Activation.Parse(activation.ToString()).ToString());
                },
                iter: 500,
                seed: Property.Seed
            );

    [Fact]
    public void EqualBySpelling()
    {
        Assert.Equal(Activation.Parse("leaky_relu(1/5)"), Activation.Parse("leaky_relu(slope=0.2)"));
        Assert.NotEqual(Activation.Parse("leaky_relu(0.2)"), Activation.Parse("leaky_relu"));
        Assert.NotEqual(Activation.Parse("elu"), Activation.Parse("celu"));
    }

    [Fact]
    public void IsParsable()
    {
        Assert.True(TryParse<Activation>("gelu", out Activation? gelu));
        Assert.Equal("gelu", gelu!.Name);
        Assert.False(TryParse<Activation>("glue", out _));
        Assert.False(TryParse<Activation>(null, out _));

        static bool TryParse<T>(string? text, out T? value)
            where T : IParsable<T> => T.TryParse(text, null, out value);
    }
}
