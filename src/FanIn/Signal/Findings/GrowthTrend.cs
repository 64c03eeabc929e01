using System.Collections.Immutable;

namespace FanIn;

/// <summary>How a positive figure changes along layers, in the direction in which the signal or the gradient goes.</summary>
internal sealed class GrowthTrend
{
    /// <summary>What stands for 0: below float32's smallest number, so that it counts as a loss of everything.</summary>
    private const double Nothing = 1e-46;

    private readonly ImmutableArray<(int Layer, double Log)> _points;

    /// <param name="points">Layers and figures, at least two, the first one where the signal or gradient comes from.</param>
    /// <param name="isChain">True where the ends say it; otherwise a line is fitted, since neighbours differ in kind.</param>
    public GrowthTrend(IEnumerable<(int Layer, double Figure)> points, bool isChain)
    {
        _points = [.. points.Select(p => (p.Layer, CorrectlyRounded.Log(Math.Max(p.Figure, Nothing))))];
        LogTotal = isChain ? _points[^1].Log - _points[0].Log : Slope() * (_points.Length - 1);
    }

    /// <summary>ln of last over first.</summary>
    public double LogTotal { get; }

    public double Total => Exponential.Of(LogTotal);

    /// <summary>The factor a layer, in the geometric mean.</summary>
    public double PerLayer => Exponential.Of(LogTotal / (_points.Length - 1));

    /// <summary>True with three steps or more: fewer, of layers of different kinds, show no trend.</summary>
    public bool IsSustained => _points.Length > 3;

    public int From => _points[0].Layer;

    public int To => _points[^1].Layer;

    /// <summary>
    /// The one step that makes more than half of the whole change, among at least three; null where many share it. As an
    /// index of points: the step leads to it.
    /// </summary>
    public int? LoneStep
    {
        get
        {
            int largest = 1;
            for (int i = 2; i < _points.Length; i++)
            {
                largest = Step(i) * Math.Sign(LogTotal) > Step(largest) * Math.Sign(LogTotal) ? i : largest;
            }
            return _points.Length > 3 && Step(largest) * Math.Sign(LogTotal) > Math.Abs(LogTotal) / 2 ? largest : null;
        }
    }

    public int LayerAt(int point) => _points[point].Layer;

    public double FactorAt(int point) => Exponential.Of(Step(point));

    /// <summary>The first layer at which the figure is beyond e^<paramref name="log"/> times the first one's; the last layer where none is.</summary>
    public int Passes(double log)
    {
        foreach ((int layer, double value) in _points)
        {
            if ((value - _points[0].Log) * Math.Sign(LogTotal) > log)
            {
                return layer;
            }
        }
        return To;
    }

    private double Step(int point) => _points[point].Log - _points[point - 1].Log;

    /// <summary>Of the least squares line through all points, by their order.</summary>
    private double Slope()
    {
        double centre = (_points.Length - 1) / 2.0;
        double mean = _points.Average(p => p.Log);
        (double products, double squares) = (0, 0);
        foreach ((int i, (int _, double log)) in _points.Index())
        {
            products += (i - centre) * (log - mean);
            squares += (i - centre) * (i - centre);
        }
        return products / squares;
    }
}
