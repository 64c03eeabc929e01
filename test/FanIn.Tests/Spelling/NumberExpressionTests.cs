using System.Globalization;
using CsCheck;

namespace FanIn.Tests;

public sealed class NumberExpressionTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.5", 0.5)]
    [InlineData(".5", 0.5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("1E+3", 1000)]
    [InlineData("-2", -2)]
    [InlineData("--2", 2)]
    [InlineData("5/3", 5.0 / 3)]
    [InlineData("sqrt(2)", 1.4142135623730951)]
    [InlineData("sqrt(sqrt(16))", 2)]
    [InlineData("-sqrt( 4 ) * ( 1 + 2 )", -6)]
    [InlineData("1-2-3", -4)]
    [InlineData("8/2/2", 2)]
    [InlineData("2+3*4", 14)]
    [InlineData("2*-3", -6)]
    [InlineData("1e-3-1", -0.999)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("1/inf", 0)]
    [InlineData("2^3", 8)]
    [InlineData("-2^2", -4)]
    [InlineData("(-2)^3", -8)]
    [InlineData("2^-1", 0.5)]
    [InlineData("2^3^2", 512)]
    [InlineData("2*3^2", 18)]
    [InlineData("96^(-1/4)", 0.3194715521231362)]
    [InlineData("sqrt(16)^2", 16)]
    [InlineData("ln(1)", 0)]
    [InlineData("ln(2)", 0.69314718055994530942)]
    [InlineData("min(3, 2)", 2)]
    [InlineData("max(1,min(5,4))", 4)]
    public void Reads(string text, double value) => Assert.Equal(value, NumberExpression.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("x")]
    [InlineData("nan")]
    [InlineData("Infinity")]
    [InlineData("INF")]
    [InlineData("+1")]
    [InlineData("1,5")]
    [InlineData("1 2")]
    [InlineData("1e")]
    [InlineData("1.2.3")]
    [InlineData("1e5e5")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("2^")]
    [InlineData("^2")]
    [InlineData("2**3")]
    [InlineData("1/")]
    [InlineData("*2")]
    [InlineData("()")]
    [InlineData("(1")]
    [InlineData("1)")]
    [InlineData("sqrt")]
    [InlineData("sqrt 2")]
    [InlineData("sqrt()")]
    [InlineData("sqrt(2")]
    [InlineData("sqrt(-1)")]
    [InlineData("(-8)^(1/3)")]
    [InlineData("0^-1")]
    [InlineData("ln(0)")]
    [InlineData("ln(-1)")]
    [InlineData("ln")]
    [InlineData("ln 2")]
    [InlineData("min(1)")]
    [InlineData("min(1,2,3)")]
    [InlineData("max(1;2)")]
    [InlineData("sqrt(1,2)")]
    [InlineData("Sqrt(2)")]
    [InlineData("log(2)")]
    [InlineData("1\t+1")]
    [InlineData("1\0")]
    [InlineData("\u0661")] // ARABIC-INDIC DIGIT ONE
    [InlineData("\uff11")] // FULLWIDTH DIGIT ONE
    [InlineData("\u22121")] // MINUS SIGN
    [InlineData("\u221a2")] // SQUARE ROOT
    public void RefusesWhatIsNoNumber(string text)
    {
        var error = Assert.Throws<SpellingException>(() => NumberExpression.Parse(text));
        Assert.EndsWith("is not a number; write for example 0.5, 1e-3, sqrt(2) or 5/3", error.Message);
    }

    /// <summary>Infinity is written <c>inf</c>; one that arithmetic makes is a mistake.</summary>
    [Theory]
    [InlineData("1/0")]
    [InlineData("-1/0")]
    [InlineData("0/0")]
    [InlineData("1/(1-1)")]
    [InlineData("1/-0")]
    [InlineData("inf-inf")]
    [InlineData("0*inf")]
    [InlineData("inf/inf")]
    [InlineData("sqrt(0/0)")]
    [InlineData("1e400")]
    [InlineData("1e308*10")]
    [InlineData("10^400")]
    [InlineData("1e200^2")]
    [InlineData("-1e308-1e308")]
    public void RefusesDivisionByZeroOverflowAndNaN(string text) =>
        Assert.Throws<SpellingException>(() => NumberExpression.Parse(text));

    [Fact]
    public void DepthIsBoundedByTheLength()
    {
        Assert.Equal(1, NumberExpression.Parse(new string('(', 63) + "1" + new string(')', 63)));
        foreach (string text in (string[])[new('(', 100_000), new('-', 100_000), new('9', 129), new('(', 128)])
        {
            var error = Assert.Throws<SpellingException>(() => NumberExpression.Parse(text));
            Assert.InRange(error.Message.Length, 0, 200);
        }
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-3, "0.001")]
    [InlineData(1e-10, "1e-10")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.4142135623730951, "sqrt(2)")]
    [InlineData(-1.7320508075688772, "-sqrt(3)")]
    [InlineData(5.0 / 3, "5/3")]
    [InlineData(-1.0 / 3, "-1/3")]
    [InlineData(3.14159265358979, "3.14159265358979")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void PrintsAsPeopleWrite(double value, string text) => Assert.Equal(text, NumberExpression.Print(value));

    [Fact]
    public void ThereIsOneZero()
    {
        Assert.Equal("0", NumberExpression.Print(-0.0));
        Assert.False(double.IsNegative(NumberExpression.Parse("-0")));
    }

    [Fact]
    public void PrintedNumbersReadToTheSameBits() =>
        Gen.OneOf(
                Gen.Double.Where(x => !double.IsNaN(x)),
                Gen.Int[0, 10_000].Select(n => Math.Sqrt(n)),
                Gen.Select(Gen.Int[-999, 999], Gen.Int[1, 120], (p, q) => (double)p / q),
                Gen.Const(double.Epsilon),
                Gen.Const(double.MinValue)
            )
            .Sample(
                x =>
                    BitConverter.DoubleToInt64Bits(NumberExpression.Parse(NumberExpression.Print(x)))
                    == BitConverter.DoubleToInt64Bits(x + 0.0),
                iter: 5000,
                seed: Property.Seed
            );

    /// <summary>Random sums, products, roots and parentheses against the same tree evaluated directly.</summary>
    [Fact]
    public void ReadsNestedExpressions()
    {
        Gen<(string Text, double Value)> leaf = Gen.Int[1, 99].Select(n => ($"{n}", (double)n));
        Gen<(string Text, double Value)> tree = Gen.Recursive<(string Text, double Value)>(
            (depth, inner) =>
                depth > 2
                    ? leaf
                    : Gen.OneOf(
                        leaf,
                        Gen.Select(inner, inner, (a, b) => ($"({a.Text}+{b.Text})", a.Value + b.Value)),
                        Gen.Select(inner, inner, (a, b) => ($"({a.Text} - {b.Text})", a.Value - b.Value)),
                        Gen.Select(inner, inner, (a, b) => ($"({a.Text})*{b.Text}", a.Value * b.Value)),
                        inner.Select(a => ($"-({a.Text})", -a.Value)),
                        inner.Select(a => ($"sqrt(({a.Text})*({a.Text}))", Math.Sqrt(a.Value * a.Value)))
                    )
        );
        // A product of a product reads from the left; only trees whose factors are closed say what they mean.
        tree.Where(t => t.Text.Length <= 128 && !t.Text.Contains(")*-", StringComparison.Ordinal))
            .Select(t => (Text: $"({t.Text})", t.Value))
            .Where(t => t.Text.Length <= 128)
            .Sample(
                t =>
                {
                    double read = NumberExpression.Parse(t.Text);
                    return Math.Abs(read - t.Value) <= 1e-12 * Math.Abs(t.Value);
                },
                iter: 2000,
                seed: Property.Seed
            );
    }

    [Fact]
    public void TheCultureDoesNotMatter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        strange.NumberFormat.NumberDecimalSeparator = ",";
        strange.NumberFormat.NumberGroupSeparator = ".";
        strange.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = strange;
            Assert.Equal(-1.5, NumberExpression.Parse("-1.5"));
            Assert.Equal("-1.5", NumberExpression.Print(-1.5));
            Assert.Equal("-5/3", NumberExpression.Print(-5.0 / 3));
            Assert.Equal("normal(mean=-0.5,std=1e-10)", Initializer.Normal(-0.5, 1e-10).ToString());
            Assert.Equal("[2, 3] torch", TensorDescription.Dense(2, 3).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
