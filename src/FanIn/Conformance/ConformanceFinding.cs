namespace FanIn;

/// <summary>What one test of <see cref="Conformance"/> found.</summary>
public sealed record ConformanceFinding
{
    internal ConformanceFinding(string name) => Name = name;

    /// <summary>The test: <c>mean</c>, <c>shape</c>, <c>two keys</c> ...</summary>
    public string Name { get; }

    /// <summary>What was found: a mean, a largest distance, a correlation, a count.</summary>
    public required double Statistic { get; init; }

    /// <summary>What the statistic is expected to be.</summary>
    public required double Expected { get; init; }

    /// <summary>
    /// How far the statistic is off in standard errors of independent elements; null where it has none.
    /// </summary>
    public double? StandardErrors { get; init; }

    /// <summary>
    /// The probability, at most, of a statistic so far off from an initializer that is right; null where the test
    /// leaves nothing to chance.
    /// </summary>
    public double? PValue { get; init; }

    /// <summary>How far the statistic may be off, where nothing is left to chance; null beside a p-value.</summary>
    public double? Bound { get; init; }

    /// <summary>Whether the initializer passed.</summary>
    public bool Passed { get; init; }

    /// <summary>The finding in words: what is wrong, or that nothing is.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>For example <c>mean: passed. The mean is right.</c></summary>
    public override string ToString() => $"{Name}: {(Passed ? "passed" : "FAILED")}. {Sentence}";
}

/// <summary>A finding whose verdict waits for the number of tests: what to say, once it is known.</summary>
/// <param name="Finding">The numbers.</param>
/// <param name="Right">The sentence of a right initializer.</param>
/// <param name="Wrong">The sentence of a wrong one; may look closer, since it is asked for only then.</param>
internal sealed record OpenFinding(ConformanceFinding Finding, string Right, Func<string> Wrong)
{
    /// <summary>With the verdict, where each p-value may be as low as <paramref name="rate"/>.</summary>
    public ConformanceFinding Close(double rate)
    {
        // Written so that a NaN fails.
        bool passed = Finding.PValue is { } p
            ? p >= rate
            : Math.Abs(Finding.Statistic - Finding.Expected) <= Finding.Bound;
        return Finding with { Passed = passed, Sentence = passed ? Right : Wrong() };
    }
}
