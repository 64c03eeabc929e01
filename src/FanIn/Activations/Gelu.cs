namespace FanIn;

/// <summary>x Phi(x), Phi the normal distribution's, and the two approximations that models were trained with.</summary>
internal static class Gelu
{
    /// <summary>The steepness of x sigmoid(1.702 x).</summary>
    private static readonly DoubleDouble s_steepness = new(1.702, 4.263256414560601e-17);

    /// <summary>2 sqrt(2 / pi), and that times 0.044715.</summary>
    private static readonly DoubleDouble s_linear = new(1.5957691216057308, -9.96930880911092e-17);
    private static readonly DoubleDouble s_cubic = new(0.07135481627260025, -6.175149918155315e-19);

    /// <summary>Beyond it the function is 0 or x in every bit, and its argument would overflow.</summary>
    private const double Far = 1e3;

    public static readonly ActivationDefinition Exact = new(
        "gelu",
        "x Phi(x) = x (1 + erf(x / sqrt(2))) / 2",
        _ => new(x => x * NormalTail.Phi(x), x => NormalTail.Phi(x) + (x * NormalTail.Density(x)))
    )
    {
        Source = "Hendrycks, Gimpel, Gaussian error linear units, 2016",
        Use = "transformers: BERT, ViT, GPT",
    };

    public static readonly ActivationDefinition Tanh = new(
        "gelu_tanh",
        "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2",
        _ => new(x => x * Exponential.Sigmoid(Argument(x)), TanhDerivative)
    )
    {
        Source = "Hendrycks, Gimpel, Gaussian error linear units, 2016, section 2",
        Use = "gelu as GPT-2 and JAX compute it",
    };

    public static readonly ActivationDefinition Quick = new(
        "quick_gelu",
        "x sigmoid(1.702 x)",
        _ => new(x => x * Exponential.Sigmoid(s_steepness * Near(x)), QuickDerivative)
    )
    {
        Source = "Hendrycks, Gimpel, Gaussian error linear units, 2016, section 2",
        Use = "gelu as CLIP computes it",
    };

    /// <summary>2 sqrt(2 / pi) (x + 0.044715 x^3): (1 + tanh u) / 2 = sigmoid(2u).</summary>
    private static DoubleDouble Argument(double x)
    {
        x = Near(x);
        return x * (s_linear + (s_cubic * DoubleDouble.Product(x, x)));
    }

    private static double TanhDerivative(double x)
    {
        x = Near(x);
        DoubleDouble argument = Argument(x);
        double slope = s_linear.High + (3.0 * s_cubic.High * x * x);
        return Exponential.Sigmoid(argument) + (x * slope * Exponential.SigmoidSlope(argument));
    }

    private static double QuickDerivative(double x)
    {
        x = Near(x);
        DoubleDouble argument = s_steepness * x;
        return Exponential.Sigmoid(argument) + (argument.High * Exponential.SigmoidSlope(argument));
    }

    private static double Near(double x) => Math.Clamp(x, -Far, Far);
}
