namespace FanIn;

/// <summary>
/// The signal's variance before the activation, layer after layer, q' = w E f(sqrt(q) z)^2 + b, and the gradient's factor w E
/// f'(sqrt(q) z)^2 (Poole 2016, Schoenholz 2017), for the rules' own use.
/// </summary>
/// <param name="Activation">f.</param>
/// <param name="Weights">w: fan-in times the weights' variance.</param>
/// <param name="Biases">b: the biases' variance.</param>
internal sealed record ChainMap(Activation Activation, double Weights, double Biases)
{
    /// <summary>Layers beyond this change nothing that a rule could say.</summary>
    private const int MostLayers = 200;

    public double Next(double q) => (Weights * At(q).SecondMoment) + Biases;

    /// <summary>chi perpendicular, by which the gradient's second moment grows a layer, and chi parallel = dq'/dq.</summary>
    public (double Perpendicular, double Parallel) Susceptibility(double q)
    {
        GaussianExpectation at = At(q);
        return (Weights * at.DerivativeSecondMoment, Weights * at.SecondMomentSlope);
    }

    /// <summary>What the RMS of signal and gradient are multiplied by over some layers, from variance <paramref name="q"/> on.</summary>
    public (double Signal, double Gradient) Through(int layers, double q)
    {
        (double start, double gradient) = (q, 1);
        for (int i = 0; i < Math.Min(layers, MostLayers) && q is > 1e-60 and < 1e60; i++)
        {
            GaussianExpectation at = At(q);
            gradient *= Weights * at.DerivativeSecondMoment;
            q = (Weights * at.SecondMoment) + Biases;
        }
        return (Math.Sqrt(q / start), Math.Sqrt(gradient));
    }

    /// <summary>A fixed point above 0 that q runs away from, and its slope; null where there is none from 1e-3 to 1e3.</summary>
    public (double Variance, double Slope)? Unstable()
    {
        const double Visible = 1e-3;
        double? below = null;
        for (double q = 1e-3; q < 1e3; q *= 2)
        {
            double growth = (Next(q) / q) - 1;
            if (below is { } low && growth > Visible)
            {
                double point = Crossing(low, q);
                return (point, Susceptibility(point).Parallel);
            }
            below =
                growth < -Visible ? q
                : growth > Visible ? null
                : below;
        }
        return null;
    }

    private double Crossing(double low, double high)
    {
        for (int i = 0; i < 20; i++)
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = Next(middle) < middle ? (middle, high) : (low, middle);
        }
        return Math.Sqrt(low * high);
    }

    private GaussianExpectation At(double q) => GaussianExpectation.Of(Activation, q);
}
