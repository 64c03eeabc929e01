using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Uniform values on [low, high): low + x (high - low) in one rounding, with x a multiple of 2^-24 or 2^-53 in
/// [0, 1), clamped to what the element type has inside the interval.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct UniformSingle : IWordTransform<uint, float>
{
    private readonly float _low;
    private readonly float _width;
    private readonly RepresentableRange<float> _range;

    public UniformSingle(double low, double high)
    {
        RandomArguments.CheckInterval(low, high);
        _low = RandomArguments.CheckFinite(low, nameof(low));
        _width = RandomArguments.CheckFinite(high, nameof(high)) - _low;
        if (float.IsInfinity(_width))
        {
            throw RandomArguments.OutOfRange(
                nameof(high),
                $"low is {low} and high is {high}; high - low must be finite in float32 (at most 3.4e38)."
            );
        }
        _range = RepresentableRange<float>.HalfOpen(low, high);
    }

    public void Apply(ReadOnlySpan<uint> words, Span<float> values)
    {
        const float Unit = 1f / (1 << 24);
        for (var i = 0; i < words.Length; i++)
        {
            var x = (int)(words[i] >> 8) * Unit;
            values[i] = _range.Clamp(MathF.FusedMultiplyAdd(x, _width, _low));
        }
    }
}

/// <inheritdoc cref="UniformSingle"/>
[StructLayout(LayoutKind.Auto)]
internal readonly struct UniformDouble : IWordTransform<ulong, double>
{
    private readonly double _low;
    private readonly double _width;
    private readonly RepresentableRange<double> _range;

    public UniformDouble(double low, double high)
    {
        RandomArguments.CheckInterval(low, high);
        _low = low;
        _width = high - low;
        if (double.IsInfinity(_width))
        {
            throw RandomArguments.OutOfRange(
                nameof(high),
                $"low is {low} and high is {high}; high - low must be finite in float64."
            );
        }
        _range = RepresentableRange<double>.HalfOpen(low, high);
    }

    public void Apply(ReadOnlySpan<ulong> words, Span<double> values)
    {
        const double Unit = 1.0 / (1L << 53);
        for (var i = 0; i < words.Length; i++)
        {
            var x = (long)(words[i] >> 11) * Unit;
            values[i] = _range.Clamp(Math.FusedMultiplyAdd(x, _width, _low));
        }
    }
}
