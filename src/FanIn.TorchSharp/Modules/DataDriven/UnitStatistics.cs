using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Mean and variance of a layer's output, of each unit or of all together, over all else. Variances are divided by the
/// number of values (TorchSharp's own divide by one less, whatever they are asked for).
/// </summary>
internal sealed record UnitStatistics(double[] Means, double[] Variances)
{
    public bool AreFinite => Array.TrueForAll(Means, double.IsFinite) && Array.TrueForAll(Variances, double.IsFinite);

    /// <summary>That of the unit farthest from 1; NaN if any is.</summary>
    public double WorstVariance => Farthest(Variances, 1);

    /// <summary>That of the unit farthest from 0; NaN if any is.</summary>
    public double WorstMean => Farthest(Means, 0);

    /// <param name="output">Of any shape and type.</param>
    /// <param name="unitAxis">Which axis counts the units; null for all together.</param>
    public static UnitStatistics Of(Tensor output, int? unitAxis)
    {
        using var scope = NewDisposeScope();
        Tensor values = output.detach().to(ScalarType.Float64);
        Tensor rows = unitAxis is { } axis ? values.movedim([axis], [0]).flatten(1) : values.reshape(1, -1);
        Tensor means = rows.mean([1L], keepdim: true);
        Tensor deviations = rows.sub(means);
        Tensor variances = deviations.mul(deviations).mean([1L]);
        return new(CpuTensor.ToDoubles(means), CpuTensor.ToDoubles(variances));
    }

    private static double Farthest(double[] values, double from)
    {
        double farthest = from;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                return value;
            }
            if (Math.Abs(value - from) > Math.Abs(farthest - from))
            {
                farthest = value;
            }
        }
        return values.Length == 0 ? double.NaN : farthest;
    }
}
