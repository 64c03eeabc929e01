using System.Globalization;

namespace FanIn.Cli.Critical;

/// <summary>A critical point for a person: its numbers, what they mean, and what to write.</summary>
internal sealed class CriticalText(Terminal terminal)
{
    public void Show(CriticalRequest request, CriticalPoint? point, CriticalPoint? doublePoint)
    {
        terminal.Output.WriteLine($"{request.Activation} with biases of variance {Text(request.BiasVariance)}");
        terminal.Output.WriteLine();
        if (point is null)
        {
            Line("weight variance", "-");
            Line("", "There is none at which signal and gradient both keep their size.");
            Double(request, doublePoint);
            return;
        }
        Line("weight variance", Text(point.WeightVariance));
        Line("fixed point q", point.FixedPoint is { } q ? Text(q) : "every value");
        Line("chi_perp", Text(point.ChiPerp));
        Line("chi_par", Text(point.ChiPar));
        Line("stability", $"{CriticalJson.Word(point.Stability)}: {Sentence(point)}");
        Double(request, doublePoint);
        terminal.Output.WriteLine();
        Line("weights", $"{point.WeightInitializer}");
        Line("biases", $"{point.BiasInitializer}");
    }

    private void Double(CriticalRequest request, CriticalPoint? point)
    {
        if (point is null)
        {
            Line("double point", "none: chi_perp and chi_par are never 1 together");
            return;
        }
        string where = point.FixedPoint is { } q ? $"q {Text(q)}" : "every q";
        Line(
            "double point",
            $"bias variance {Text(point.BiasVariance)}, weight variance {Text(point.WeightVariance)}, {where}"
        );
        if (point.Stability == FixedPointStability.HalfStable && request.BiasVariance < point.BiasVariance)
        {
            Line("", "With biases of more variance than there, the critical point is stable.");
        }
    }

    private static string Sentence(CriticalPoint point) =>
        point.Stability switch
        {
            FixedPointStability.Stable when point.FixedPoint is null => "a signal of any size keeps it",
            FixedPointStability.Stable => "a signal of another size comes to this one, exponentially in depth",
            FixedPointStability.Marginal => "a signal shrinks towards it, only as 1 / depth or slower",
            FixedPointStability.HalfStable => "from one side a signal comes to it, on the other it runs away",
            _ => "a signal of another size runs away from it, the faster the farther",
        };

    private void Line(string title, string text) => terminal.Output.WriteLine($"{title, -15}  {text}");

    private static string Text(double value) => value.ToString("G10", CultureInfo.InvariantCulture);
}
