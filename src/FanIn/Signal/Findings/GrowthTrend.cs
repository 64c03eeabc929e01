using System.Collections.Immutable;

namespace FanIn;

/// <summary>How a positive figure changes along layers, in the direction in which the signal or the gradient goes.</summary>
internal sealed class GrowthTrend
{
    /// <summary>What stands for 0: below float32's smallest number, so that it counts as a loss of everything.</summary>
    private const double Nothing = 1e-46;

    private readonly ImmutableArray<(int Layer, double Log)> _points;
    private readonly bool _isChain;

    /// <param name="points">Layers and figures, at least two, the first one where the signal or gradient comes from.</param>
    /// <param name="isChain">True where the ends say it; otherwise a line is fitted, since neighbours differ in kind.</param>
    public GrowthTrend(IEnumerable<(int Layer, double Figure)> points, bool isChain)
    {
        _points = [.. points.Select(p => (p.Layer, CorrectlyRounded.Log(Math.Max(p.Figure, Nothing))))];
        _isChain = isChain;
        (double slope, double error) = isChain ? default : Line();
        LogTotal = isChain ? _points[^1].Log - _points[0].Log : slope * Steps;
        Errors = isChain ? double.PositiveInfinity : Math.Abs(slope) / error;
    }

    /// <summary>ln of last over first.</summary>
    public double LogTotal { get; }

    public double Total => Exponential.Of(LogTotal);

    public int Steps => _points.Length - 1;

    /// <summary>How many of its standard errors the fitted line's slope is off 0; infinite where nothing was fitted.</summary>
    public double Errors { get; }

    /// <summary>
    /// The factor a layer, in the geometric mean, where the change has become steady: over the deeper half of a chain, since a
    /// saturating activation first brings a signal of any size down to its linear range, and then lets it pass.
    /// </summary>
    public double Lasting
    {
        get
        {
            int half = (Steps + 1) / 2;
            bool isBackward = From > To;
            return !_isChain ? Factor(1, Steps)
                : isBackward ? Factor(1, half)
                : Factor(Steps - half + 1, Steps);
        }
    }

    public double First => Exponential.Of(_points[0].Log);

    public double Last => Exponential.Of(_points[^1].Log) is var last and > 10 * Nothing ? last : 0;

    public int From => _points[0].Layer;

    public int To => _points[^1].Layer;

    /// <summary>
    /// The one step of a chain that makes more than half of the whole change, among at least three; null where many share it.
    /// As an index of points: the step leads to it.
    /// </summary>
    public int? LoneStep
    {
        get
        {
            if (!_isChain || Steps < 3)
            {
                return null;
            }
            int largest = Enumerable.Range(1, Steps).MaxBy(i => Step(i) * Math.Sign(LogTotal));
            return Step(largest) * Math.Sign(LogTotal) > Math.Abs(LogTotal) / 2 ? largest : null;
        }
    }

    /// <summary>
    /// The first and the last of the steps that make the change: of a chain those in a row that together go furthest beyond
    /// <paramref name="tolerated"/> each, all where none does.
    /// </summary>
    /// <param name="tolerated">The logarithm, not negative, of a step's change that is no fault.</param>
    public (int First, int Last) Range(double tolerated)
    {
        (int First, int Last) best = (1, Steps);
        if (!_isChain)
        {
            return best;
        }
        (double sum, int start, double most) = (0, 1, 0);
        for (int i = 1; i <= Steps; i++)
        {
            (sum, start) = sum <= 0 ? (0, i) : (sum, start);
            sum += (Step(i) * Math.Sign(LogTotal)) - tolerated;
            (best, most) = sum > most ? ((start, i), sum) : (best, most);
        }
        return best;
    }

    public int LayerAt(int point) => _points[point].Layer;

    /// <summary>The factor a step, in the geometric mean, over some of them.</summary>
    public double Factor(int first, int last) =>
        Exponential.Of(_isChain ? (_points[last].Log - _points[first - 1].Log) / (last - first + 1) : LogTotal / Steps);

    private double Step(int point) => _points[point].Log - _points[point - 1].Log;

    /// <summary>Slope and its standard error, of the least squares line through all points, by their order.</summary>
    private (double Slope, double Error) Line()
    {
        double centre = Steps / 2.0;
        double mean = _points.Average(p => p.Log);
        (double products, double squares) = (0, 0);
        foreach ((int i, (int _, double log)) in _points.Index())
        {
            products += (i - centre) * (log - mean);
            squares += (i - centre) * (i - centre);
        }
        double slope = products / squares;
        double residues = _points
            .Select((p, i) => p.Log - mean - (slope * (i - centre)))
            .Sum(residue => residue * residue);
        return (slope, Math.Sqrt(residues / Math.Max(1, Steps - 1) / squares));
    }
}
