namespace FanIn;

/// <summary>
/// A law of real numbers, rounded to nearest in an element type: what is compared with stored values, so that the few
/// numbers of a short type aren't taken for a fault.
/// </summary>
internal sealed class RoundedLaw
{
    // Farther out than any draw: Phi(-12) is 2e-33.
    private const double Reach = 12;
    private const double CellsPerStd = 32;

    private readonly Lazy<(double[] Values, double[] Probabilities)> _cells;

    public RoundedLaw(ElementDistribution law, ElementGrid grid, double count)
    {
        (Law, Grid) = (law, grid);
        _cells = new(Cells);
        (Mean, Std, ExcessKurtosis) = (law.Mean, law.StandardDeviation, law.ExcessKurtosis);
        double farthest = Math.Max(Math.Abs(Least(4)), Math.Abs(Most(4)));
        double spacing = grid.Above(grid.Nearest(farthest)) - grid.Nearest(farthest);
        if (Std > 0 && double.IsFinite(spacing) && spacing * spacing > 0.08 * Std * Std / Math.Sqrt(count))
        {
            (Mean, Std, ExcessKurtosis) = RoundedMoments();
        }
    }

    public ElementDistribution Law { get; }

    public ElementGrid Grid { get; }

    /// <summary>The mean after rounding, where that makes a difference that so many elements would show.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation, likewise.</summary>
    public double Std { get; }

    /// <summary>The excess kurtosis, likewise.</summary>
    public double ExcessKurtosis { get; }

    /// <summary>Values and their probabilities, for expectations: the numbers of the type, or cells of std / 32.</summary>
    public (double[] Values, double[] Probabilities) Discrete => _cells.Value;

    /// <summary>
    /// The probability of a stored value at most <paramref name="number"/>, a number of the type. Next to an end it is an
    /// interval: what would be rounded to the end or beyond it may be kept inside.
    /// </summary>
    public (double Low, double High) AtMost(double number)
    {
        double p = Law.Cdf(Grid.UpperEdge(number));
        return (p, Grid.Above(number) >= Law.High ? 1 : p);
    }

    /// <summary>The probability of a stored value below <paramref name="number"/>, likewise.</summary>
    public (double Low, double High) Below(double number)
    {
        double p = Law.Cdf(Grid.LowerEdge(number));
        return (Grid.Below(number) <= Law.Low ? 0 : p, p);
    }

    private double Least(double reach) => Math.Max(Law.Low, Law.Mean - (reach * Law.StandardDeviation));

    private double Most(double reach) => Math.Min(Law.High, Law.Mean + (reach * Law.StandardDeviation));

    private (double Mean, double Std, double ExcessKurtosis) RoundedMoments()
    {
        (double[] values, double[] probabilities) = Discrete;
        (double mean, double second, double fourth) = (0, 0, 0);
        for (int i = 0; i < values.Length; i++)
        {
            mean += probabilities[i] * values[i];
        }
        for (int i = 0; i < values.Length; i++)
        {
            double square = (values[i] - mean) * (values[i] - mean);
            second += probabilities[i] * square;
            fourth += probabilities[i] * square * square;
        }
        return (mean, Math.Sqrt(second), (fourth / (second * second)) - 3);
    }

    private (double[] Values, double[] Probabilities) Cells()
    {
        (List<double> values, List<double> probabilities) = ([], []);
        (double least, double most) = (Least(Reach), Most(Reach));
        double width = Law.StandardDeviation / CellsPerStd;
        double number = Grid.Nearest(least);
        double below = 0;
        while (true)
        {
            // Where the type's numbers lie closer, many of them make a cell.
            double next = Grid.Above(number);
            bool isMany = next < number + width;
            if (isMany)
            {
                next = Grid.Nearest(number + width);
            }
            bool isLast = !(next < most) || !double.IsFinite(next);
            double edge = isMany ? next : Grid.UpperEdge(number);
            double atMost = isLast ? 1 : Law.Cdf(edge);
            if (atMost > below)
            {
                values.Add(isMany ? number + ((Math.Min(next, most) - number) / 2) : number);
                probabilities.Add(atMost - below);
            }
            if (isLast)
            {
                return ([.. values], [.. probabilities]);
            }
            (number, below) = (next, atMost);
        }
    }
}
