using System.Runtime.CompilerServices;
using static System.Math;

namespace FanIn;

/// <summary>
/// E F(z) G(z') of two functions of correlated standard normals as a power series in their correlation c: with the
/// coefficients F_k, G_k in normalized Hermite polynomials it is sum F_k G_k c^k (Mehler's formula).
/// </summary>
/// <remarks>
/// Behind the last coefficient stands what is left of E F G at c = 1, laid out as a power law in k does it: functions with
/// corners or jumps have such a tail, and the correlations of deep networks come close to 1.
/// </remarks>
internal sealed class HermiteProduct
{
    /// <summary>The highest degree.</summary>
    public const int Degree = 64;

    private const int Octaves = 6;

    private readonly double[] _terms = new double[Degree + 1];
    private readonly double _rest;

    /// <summary>What is left at c = -1: of even degrees, less that of odd ones.</summary>
    private readonly double _mirrored;
    private readonly double _octave;

    /// <param name="first">F_0 .. F_Degree.</param>
    /// <param name="second">G_0 .. G_Degree.</param>
    /// <param name="full">E F G at correlation 1.</param>
    /// <param name="octave">What an octave of degrees leaves of the tail: 2^-1.5 for corners, 2^-0.5 for jumps.</param>
    public HermiteProduct(double[] first, double[] second, double full, double octave)
    {
        (double sum, double even, double last) = (0.0, 0.0, 0.0);
        for (int k = 0; k <= Degree; k++)
        {
            _terms[k] = first[k] * second[k];
            sum += _terms[k];
            // As many of either parity.
            double size = k > Degree / 2 ? Abs(_terms[k]) : 0.0;
            last += size;
            even += k % 2 == 0 ? size : -size;
        }
        (Full, _rest, _octave) = (full, full - sum, octave);
        _mirrored = last > 0.0 ? _rest * even / last : 0.0;
    }

    /// <summary>E F G at correlation 1.</summary>
    public double Full { get; }

    /// <summary>F_k G_k.</summary>
    public double Term(int degree) => _terms[degree];

    /// <summary>E F(z) G(z') at correlation <paramref name="c"/>, clamped to [-1, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double At(double c)
    {
        c = Clamp(c, -1.0, 1.0);
        if (c == 1.0)
        {
            return Full;
        }
        double sum = 0.0;
        for (int k = Degree; k >= 0; k--)
        {
            sum = FusedMultiplyAdd(sum, c, _terms[k]);
        }
        return sum + (c > 0.0 ? _rest * Tail(c) : _mirrored * Tail(-c));
    }

    private double Tail(double c)
    {
        // c^(1.4 Degree), then its squares, an octave each.
        double power = LargestNormal.Power(c, Degree * 7 / 5);
        (double tail, double share) = (0.0, 1.0);
        for (int octave = 0; octave < Octaves; octave++)
        {
            double next = octave == Octaves - 1 ? 0.0 : share * _octave;
            tail += (share - next) * power;
            share = next;
            power *= power;
        }
        return tail;
    }
}
