using System.Collections.Immutable;

namespace FanIn;

/// <summary>Where a row of <c>sinusoidal</c> positions has its sines and cosines, and how its frequencies are spaced.</summary>
public enum SinusoidalLayout
{
    /// <summary>sin, cos, sin, cos ...: columns 2i and 2i + 1 with frequency base^(-2i / width), as in the paper.</summary>
    Interleaved,

    /// <summary>
    /// All sines, then all cosines: columns i and n + i with frequency base^(-i / (n - 1)), n = width / 2, as in
    /// tensor2tensor and Whisper. The last frequency is 1 / base itself; the last column of an odd width is 0.
    /// </summary>
    Halves,
}

public abstract partial class Initializer
{
    /// <summary>
    /// Positions as waves, for a table of embeddings [rows, width]: row p has sin(p f) and cos(p f) for frequencies f that
    /// fall geometrically from 1 to about 1 / <paramref name="basis"/>, so that a shift of the position turns each pair by
    /// an angle that doesn't depend on the position. Usually kept, not trained.
    /// </summary>
    /// <param name="layout">The order of the columns and the spacing of the frequencies.</param>
    /// <param name="basis">The longest wavelength over 2 pi, spelled <c>base</c>; 1 or more.</param>
    /// <remarks>Vaswani et al.: Attention Is All You Need, 2017, section 3.5.</remarks>
    public static Initializer Sinusoidal(
        SinusoidalLayout layout = SinusoidalLayout.Interleaved,
        double basis = 10_000
    ) => FanIn.Sinusoidal.Form.With((int)layout, basis);
}

/// <summary>w[p, j] = sin or cos of p base^(-2i / width), in which j tells i.</summary>
internal sealed class Sinusoidal : PatternInitializer
{
    public static readonly Form<Initializer> Form = new(
        "sinusoidal",
        [FormParameter.Choice("layout", SinusoidalLayout.Interleaved), FormParameter.OneOrMore("base", 10_000)],
        (form, v) => new Sinusoidal(form, v)
    );

    private readonly SinusoidalLayout _layout;
    private readonly double _base;

    private Sinusoidal(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => (_layout, _base) = ((SinusoidalLayout)arguments[0], arguments[1]);

    private protected override void Require(TensorDescription tensor)
    {
        if (tensor.Layout != WeightLayout.Embedding)
        {
            throw new ArgumentException(
                $"{this} is for tables of positions [rows, width] in layout embedding, not for {tensor}.",
                nameof(tensor)
            );
        }
    }

    private protected override ConnectionValue Pattern(TensorDescription tensor)
    {
        ImmutableArray<Wave> waves = Waves(tensor.Outputs);
        return (in Connection c) => waves[(int)c.Output].At(c.Input);
    }

    private protected override ElementDistribution Law(TensorDescription tensor) =>
        new WaveLaw(Waves(tensor.Outputs), tensor.Inputs);

    private ImmutableArray<Wave> Waves(long width)
    {
        var waves = ImmutableArray.CreateBuilder<Wave>(checked((int)width));
        long half = width / 2;
        for (long j = 0; j < width; j++)
        {
            waves.Add(
                _layout == SinusoidalLayout.Interleaved ? new(j % 2 == 1, Frequency(2.0 * (j / 2) / width))
                : j < 2 * half ? new(j >= half, Frequency((double)(j % half) / Math.Max(half - 1, 1)))
                : new(false, 0)
            );
        }
        return waves.MoveToImmutable();
    }

    private double Frequency(double exponent) => RealPower.Of(_base, -exponent);
}

/// <summary>One column: sin(p f) or cos(p f) at position p.</summary>
internal readonly record struct Wave(bool IsCosine, double Frequency)
{
    public double At(long position) =>
        IsCosine ? RealAngle.CosOfProduct(position, Frequency) : RealAngle.SinOfProduct(position, Frequency);
}
