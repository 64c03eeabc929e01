using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>That nothing is drawn twice: neighbours, units, keys, seeds.</summary>
internal static class IndependenceChecks
{
    // With fewer pairs a correlation says nothing.
    private const int FewestPairs = 8;

    /// <summary>Each element with the next one in the canonical order.</summary>
    public static IEnumerable<OpenFinding> Neighbours(double[] values)
    {
        if (values.Length - 1 >= FewestPairs)
        {
            double r = ConformanceSample.Correlation(values, values, 1);
            yield return Correlated(
                "neighbours",
                r,
                values.Length - 1,
                "Neighbouring elements have nothing in common.",
                $"Each element is correlated with the next one: {r:G3}."
            );
        }
    }

    /// <summary>The elements of each unit with those of the next one, and whether two units anywhere are equal.</summary>
    /// <param name="values">In the canonical order.</param>
    /// <param name="length">The elements of a unit.</param>
    /// <param name="largestShare">The share of the commonest value: how easily two elements are equal.</param>
    /// <param name="rate">How often equal units may happen by chance.</param>
    public static IEnumerable<OpenFinding> Units(double[] values, int length, double largestShare, double rate)
    {
        int units = length == 0 ? 0 : values.Length / length;
        if (units < 2 || values.Length - length < FewestPairs || length == 1)
        {
            yield break;
        }
        double r = ConformanceSample.Correlation(values, values, length);
        yield return Correlated(
            "units",
            r,
            values.Length - length,
            "The weights of one unit have nothing in common with the next one's.",
            $"The weights of each unit are correlated with those of the next one: {r:G3}."
        );
        // Two elements are equal with at most this probability, and two units with its power.
        double logarithm = largestShare >= 1 ? 0 : length * CorrectlyRounded.Log(largestShare);
        if (CorrectlyRounded.Exp(logarithm) * units * units / 2 < rate)
        {
            int distinct = Enumerable
                .Range(0, units)
                .Select(unit => new Unit(values, unit * length, length))
                .Distinct()
                .Count();
            yield return new(
                new("equal units")
                {
                    Statistic = units - distinct,
                    Expected = 0,
                    Bound = 0,
                },
                "No two units are equal.",
                () =>
                    $"{units - distinct:#,0} of {units:#,0} units have the weights of another one, which training can't tell apart."
            );
        }
    }

    /// <summary>Two tensors, element by element; the texts say what differs between them and what follows if nothing does.</summary>
    public static OpenFinding Between(
        string name,
        string what,
        double[] a,
        double[] b,
        double copies,
        string consequence
    )
    {
        double r = ConformanceSample.Correlation(a, b);
        return Correlated(
            name,
            r,
            a.Length / copies,
            $"Values under {what} have nothing in common.",
            a.AsSpan().SequenceEqual(b)
                ? $"Values under {what} are the same: {consequence}."
                : $"Values under {what} are correlated: {r:G3}."
        );
    }

    private static OpenFinding Correlated(string name, double r, double n, string right, string wrong) =>
        new(
            new(name)
            {
                Statistic = r,
                Expected = 0,
                StandardErrors = r * Math.Sqrt(n),
                PValue = TailBound.OfCorrelation(r, n),
            },
            right,
            () => wrong
        );

    /// <summary>The weights of one unit, equal where all of them are.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly struct Unit(double[] values, int start, int length) : IEquatable<Unit>
    {
        private ReadOnlySpan<double> Weights => values.AsSpan(start, length);

        public bool Equals(Unit other) => Weights.SequenceEqual(other.Weights);

        public override bool Equals(object? obj) => obj is Unit other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (double weight in Weights)
            {
                hash.Add(weight);
            }
            return hash.ToHashCode();
        }
    }
}
