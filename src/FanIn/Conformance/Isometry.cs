using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// That a weight keeps lengths, times <paramref name="Gain"/>: |W x| = gain |x| for every x, or |W^T y| = gain |y| where
/// there are fewer outputs than inputs.
/// </summary>
/// <param name="Gain">The one singular value; above 0.</param>
/// <param name="OfConvolution">
/// False: of the matrix out x (in / groups x taps), the shorter side's vectors are orthogonal and of length gain. True: the
/// convolution, with circular padding, keeps the norm of every image.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Isometry(double Gain, bool OfConvolution = false);
