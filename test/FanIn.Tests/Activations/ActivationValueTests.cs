namespace FanIn.Tests;

public sealed class ActivationValueTests
{
    private const double Epsilon = 1.0 / (1L << 52);

    [Fact]
    public void ValuesAndDerivativesAreThoseOfTheFormula()
    {
        (double worst, string at) = (0, "");
        foreach (string[] row in Reference.Rows("activation-values.tsv"))
        {
            Activation activation = Activation.Parse(row[0]);
            double x = Reference.Number(row[1]);
            Check(activation.Value(x), row[2], "value");
            Check(activation.Derivative(x), row[3], "derivative");

            void Check(double actual, string expected, string what)
            {
                double right = Reference.Number(expected);
                // Below the normal range there is no relative accuracy.
                double error =
                    actual == right ? 0 : Math.Abs(actual - right) / Math.Max(Math.Abs(right), 1e-306) / Epsilon;
                Console.Error.WriteLine($"{error:0.0} {row[0]} {x} {what} {actual:R} {expected}");
                if (!(error <= worst))
                {
                    (worst, at) = (error, $"{what} of {activation} at {x:R}: {actual:R}, not {expected}");
                }
            }
        }
        Assert.True(worst <= 8, $"{worst:0.0} units in the last place off: {at}");
    }
}
