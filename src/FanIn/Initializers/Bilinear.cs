using System.Collections.Immutable;

namespace FanIn;

/// <summary>Which pairs of an output and an input a <c>bilinear</c> kernel joins.</summary>
public enum BilinearChannels
{
    /// <summary>Output d with input d of its group: each channel is interpolated by itself, as in FCN.</summary>
    Diagonal,

    /// <summary>Every output with every input, as in MXNet and Paddle: the sum of all channels, interpolated.</summary>
    All,
}

public abstract partial class Initializer
{
    /// <summary>
    /// Linear interpolation by a transposed convolution, in as many dimensions as the kernel has: the product over them
    /// of 1 - |x - (k - 1) / 2| / f with f = (k + 1) / 2 rounded down. A transposed convolution of stride f with it
    /// upsamples f times: constants and, away from the border, slopes are kept. So for a factor f take k = 2f - f mod 2.
    /// </summary>
    /// <param name="channels">
    /// Diagonal by default. A group with one input (depthwise) gives it to all of the group's outputs in either case.
    /// </param>
    /// <remarks>
    /// Long, Shelhamer, Darrell: Fully Convolutional Networks, 2015, section 3.3. The centre (2f - 1 - f mod 2) / 2 in
    /// Caffe's, MXNet's and Paddle's code is the kernel's only where k is 4n or 4n + 1; for other k theirs is lopsided,
    /// and this is not.
    /// </remarks>
    public static Initializer Bilinear(BilinearChannels channels = BilinearChannels.Diagonal) =>
        FanIn.Bilinear.Form.With((int)channels);
}

/// <summary>w[o, i, t] = [o = i] product over dimensions of (1 - |t - (k - 1) / 2| / f).</summary>
internal sealed class Bilinear : PatternInitializer
{
    public static readonly Form<Initializer> Form = new(
        "bilinear",
        [FormParameter.Choice("channels", BilinearChannels.Diagonal)],
        (form, v) => new Bilinear(form, v)
    );

    private readonly bool _all;

    private Bilinear(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _all = (BilinearChannels)arguments[0] == BilinearChannels.All;

    private protected override void Require(TensorDescription tensor) =>
        Kernel.Require(this, tensor, "there is nothing to interpolate between");

    private protected override ConnectionValue Pattern(TensorDescription tensor)
    {
        ImmutableArray<long> taps = tensor.Taps;
        bool all = JoinsAll(tensor);
        return (in Connection c) => all || c.Output == c.Input ? Weight(taps, c.Tap) : 0;
    }

    private protected override ElementDistribution Law(TensorDescription tensor)
    {
        long taps = tensor.TapCount;
        long pairs = JoinsAll(tensor) ? tensor.Count / taps : Math.Min(tensor.Outputs, tensor.Inputs);
        double share = (double)pairs / tensor.Count;
        var values = new (double Value, double Probability)[taps + 1];
        for (long t = 0; t < taps; t++)
        {
            values[t] = (Weight(tensor.Taps, t), share);
        }
        values[taps] = (0, (double)(tensor.Count - (pairs * taps)) / tensor.Count);
        return ElementDistribution.OneOf(values);
    }

    private bool JoinsAll(TensorDescription tensor) => _all || tensor.Inputs == tensor.Groups;

    private static double Weight(ImmutableArray<long> taps, long tap)
    {
        double weight = 1;
        for (int d = taps.Length - 1; d >= 0; d--)
        {
            (tap, long x) = Math.DivRem(tap, taps[d]);
            // In halves, so that all but the quotient is exact.
            weight *= 1 - (Math.Abs((2 * x) - (taps[d] - 1)) / (2.0 * ((taps[d] + 1) / 2)));
        }
        return weight;
    }
}
