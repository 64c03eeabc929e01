namespace FanIn.Tests;

public sealed class GaussianExpectationTests
{
    [Fact]
    public void AgreesWithQuadratureIn40Digits()
    {
        (double worst, string at) = (0, "");
        foreach (string[] row in Reference.Rows("gaussian-expectations.tsv"))
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            GaussianExpectation actual = GaussianExpectation.Of(Activation.Parse(row[0]), Reference.Number(row[1]));
            double ms = clock.Elapsed.TotalMilliseconds;
            double scale = Math.Sqrt(actual.SecondMoment);
            Check("mean", actual.Mean, row[2], Math.Max(Math.Abs(actual.Mean), 0.01 * scale));
            Check("secondMoment", actual.SecondMoment, row[3], actual.SecondMoment);
            Check("variance", actual.Variance, row[4], actual.Variance);
            Check("derivativeSecondMoment", actual.DerivativeSecondMoment, row[5], actual.DerivativeSecondMoment);

            void Check(string what, double got, string expected, double size)
            {
                double difference = got - Reference.Number(expected);
                double error = difference == 0 ? 0 : Math.Abs(difference) / size;
                Console.Error.WriteLine($"{error:0.0e0} {row[0]} q={row[1]} {what} {got:R} {expected} {ms:0.0}ms");
                if (!(error <= worst))
                {
                    (worst, at) = (error, $"{what} of {row[0]} at {row[1]}: {got:R}, not {expected}");
                }
            }
        }
        Assert.True(worst <= 1e-13, $"off by {worst:0.0e0}: {at}");
    }
}
