using System.Collections.Immutable;

namespace FanIn.Report;

/// <summary>
/// The plane of weight and bias variances of a plain chain, with its critical line and the network's point (Poole 2016;
/// Schoenholz 2017): on the line the gradient's second moment keeps its size, sigma_w^2 E f'(x)^2 = 1 for x ~ N(0, q), and q
/// is a fixed point of the length map, q = sigma_w^2 E f(x)^2 + sigma_b^2.
/// </summary>
internal static class PhaseDiagram
{
    public const string Line = "critical line";
    public const string Point = "this network";

    /// <summary>Null where the network isn't a chain of one activation, or the activation has no such line.</summary>
    public static LineFigure? Of(SignalReport report)
    {
        if (
            report.Prediction is not { Activation: { } activation, WeightVariance: { } weights } prediction
            || !double.IsFinite(weights)
            || !double.IsFinite(prediction.BiasVariance)
        )
        {
            return null;
        }
        double most = Math.Max(3, 1.4 * weights);
        double highest = Math.Max(0.3, 1.5 * prediction.BiasVariance);
        (double Weights, double Biases)[] line = [.. Critical(activation, most, highest)];
        return new()
        {
            Title = $"Phase diagram of {activation}",
            Text =
                "To the left of the critical line the network is ordered: gradients vanish, examples become alike. To the right it "
                + "is chaotic: gradients explode, alike examples drift apart. On it a network can be deep."
                + (line.Length == 0 ? " Within the figure this activation has no such line." : ""),
            XAxis = new("weight variance, fan-in times Var w") { Min = 0, Max = most },
            YAxis = new("bias variance") { Min = 0, Max = highest },
            Lines =
            [
                .. line.Length == 0
                    ? Array.Empty<LineSeries>()
                    : [new(Line, [.. line.Select(p => p.Weights)], [.. line.Select(p => p.Biases)])],
                new(Point, [weights], [prediction.BiasVariance]),
            ],
        };
    }

    /// <summary>The line's points within the figure.</summary>
    private static IEnumerable<(double Weights, double Biases)> Critical(
        Activation activation,
        double most,
        double highest
    )
    {
        ImmutableArray<CriticalPoint> line;
        try
        {
            line = CriticalPoint.LineOf(activation);
        }
        catch (ExpectationException)
        {
            return [];
        }
        // Scale-invariant: whatever q, gradients keep their size at one weight variance. There the line is vertical.
        if (line is [{ FixedPoint: null, WeightVariance: var weights }])
        {
            return weights <= most ? [(weights, 0), (weights, highest)] : [];
        }
        return line.Where(p => p.WeightVariance <= most && p.BiasVariance <= highest)
            .Select(p => (p.WeightVariance, p.BiasVariance));
    }
}
