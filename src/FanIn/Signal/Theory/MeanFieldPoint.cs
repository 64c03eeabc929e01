namespace FanIn;

/// <summary>A size q* that a signal keeps from layer to layer, and what else it meets there.</summary>
/// <param name="Variance">q*, of a layer's output before the activation; at least 0.</param>
/// <param name="ChiPerp">sigma_w^2 E f'^2, the factor of a gradient's second moment; also chi_1.</param>
/// <param name="ChiPar">V'(q*), the factor of a deviation from q*.</param>
/// <param name="Correlation">c*, which the correlation of two signals tends to; null at q* = 0, where there are none.</param>
/// <param name="CorrelationSlope">C'(c*), the factor of a deviation from c*; null at q* = 0.</param>
public sealed record MeanFieldPoint(
    double Variance,
    double ChiPerp,
    double ChiPar,
    double? Correlation,
    double? CorrelationSlope
)
{
    /// <summary>How close to 1 chi_perp is taken for 1: no network is so deep that the rest counts.</summary>
    private const double NearOne = 1e-7;

    /// <summary>True where a deviation from q* shrinks.</summary>
    public bool IsStable => Math.Abs(ChiPar) < 1.0;

    /// <summary>By chi_perp.</summary>
    public SignalPhase Phase =>
        Math.Abs(ChiPerp - 1.0) <= NearOne ? SignalPhase.Critical
        : ChiPerp < 1.0 ? SignalPhase.Ordered
        : SignalPhase.Chaotic;

    /// <summary>xi_q: layers in which a deviation from q* falls to 1/e; infinite where it doesn't fall.</summary>
    public double LengthDepth => Depth(ChiPar);

    /// <summary>xi_c: layers in which a deviation from c* falls to 1/e; beyond about 6 of them networks don't train.</summary>
    public double? CorrelationDepth => CorrelationSlope is { } slope ? Depth(slope) : null;

    /// <summary>1 / |ln chi_perp|: layers in which a gradient's second moment changes by e; infinite at a critical point.</summary>
    public double GradientDepth =>
        Phase == SignalPhase.Critical ? double.PositiveInfinity : 1.0 / Math.Abs(CorrectlyRounded.Log(ChiPerp));

    private static double Depth(double factor)
    {
        double size = Math.Abs(factor);
        return size >= 1.0 - NearOne ? double.PositiveInfinity
            : size == 0.0 ? 0.0
            : -1.0 / CorrectlyRounded.Log(size);
    }
}
