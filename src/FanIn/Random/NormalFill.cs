using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>Normal values: the pairs of <see cref="BoxMuller"/>, times std, plus mean, in one rounding.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct NormalSingle : IWordTransform<uint, float>
{
    private readonly float _mean;
    private readonly float _std;

    public NormalSingle(double mean, double std)
    {
        RandomArguments.CheckStd(std);
        _mean = RandomArguments.CheckFinite(mean, nameof(mean));
        _std = RandomArguments.CheckFinite(std, nameof(std));
    }

    public void Apply(ReadOnlySpan<uint> words, Span<float> values)
    {
        for (var i = 0; i < words.Length; i += 2)
        {
            var (even, odd) = BoxMuller.Pair(words[i], words[i + 1]);
            values[i] = MathF.FusedMultiplyAdd(even, _std, _mean);
            values[i + 1] = MathF.FusedMultiplyAdd(odd, _std, _mean);
        }
    }
}

/// <inheritdoc cref="NormalSingle"/>
[StructLayout(LayoutKind.Auto)]
internal readonly struct NormalDouble : IWordTransform<ulong, double>
{
    private readonly double _mean;
    private readonly double _std;

    public NormalDouble(double mean, double std)
    {
        RandomArguments.CheckStd(std);
        _mean = RandomArguments.CheckFiniteDouble(mean, nameof(mean));
        _std = std;
    }

    public void Apply(ReadOnlySpan<ulong> words, Span<double> values)
    {
        for (var i = 0; i < words.Length; i += 2)
        {
            var (even, odd) = BoxMuller.Pair(words[i], words[i + 1]);
            values[i] = Math.FusedMultiplyAdd(even, _std, _mean);
            values[i + 1] = Math.FusedMultiplyAdd(odd, _std, _mean);
        }
    }
}
