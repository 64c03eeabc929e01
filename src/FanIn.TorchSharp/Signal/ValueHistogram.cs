using System.Collections.Immutable;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Root mean square and histogram of a tensor's values.</summary>
/// <param name="Rms">sqrt(mean of squares), in the tensor's unit; infinite or NaN when a value is.</param>
/// <param name="Reach">Half the width of the histogram: it spans [-Reach, Reach] in bins of equal width, 5 rms at most.</param>
/// <param name="Shares">The share of all values in each bin; what lies outside is in none.</param>
public sealed record ValueHistogram(double Rms, double Reach, ImmutableArray<double> Shares)
{
    private const int Bins = 51;

    internal static ValueHistogram Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor flat = values.detach().to(ScalarType.Float64).cpu().flatten();
        double rms = flat.numel() == 0 ? 0 : flat.square().mean().sqrt().item<double>();
        if (!double.IsFinite(rms) || rms == 0)
        {
            return new(rms, 0, []);
        }
        double reach = Math.Min(5 * rms, flat.abs().max().item<double>());
        Tensor counts = flat.histc(Bins, -reach, reach);
        double[] shares = MemoryMarshal.Cast<byte, double>(counts.bytes).ToArray();
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] /= flat.numel();
        }
        return new(rms, reach, [.. shares]);
    }
}
