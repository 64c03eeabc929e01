using FanIn.Tests.Shared;

namespace FanIn.Tests;

/// <summary>The examples of docs/conformance.md run.</summary>
public sealed class ConformancePageTests
{
    private const string Page = "docs/conformance.md";

    [Fact]
    public void OfFanInsOwn()
    {
        // example: own
        ConformanceReport report = Conformance.Check(Initializer.HeNormal(), TensorDescription.Dense(1024, 1024));
        Console.WriteLine(report); // a table: each test, what was found, what was expected, and in words what is wrong
        if (!report.Passed)
        {
            throw new InvalidOperationException(report.Findings.First(f => !f.Passed).Sentence);
        }
        // end
        Readme.AssertShows("own", Page);
    }

    [Fact]
    public void OfACustomRule()
    {
        // example: custom
        Initializer mine = Initializer.Custom(
            "half_he",
            (values, tensor, stream) => stream.FillNormal(values, mean: 0, std: Math.Sqrt(1 / tensor.Fan!.Value.In))
        );
        var options = new ConformanceOptions { Expected = ElementDistribution.Normal(mean: 0, std: 1 / 32.0) };
        ConformanceReport report = Conformance.Check(mine, TensorDescription.Dense(1024, 1024), options);
        // end
        Readme.AssertShows("custom", Page);
        Assert.True(report.Passed, report.ToString());
    }
}
