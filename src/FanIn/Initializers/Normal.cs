namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// Normal with the given mean and standard deviation, whatever the shape. N(0, 0.01^2) was the custom before the
    /// scaled rules; it starves a deep network, since each layer shrinks the signal by 0.01 sqrt(fan-in).
    /// </summary>
    public static Initializer Normal(double mean = 0, double std = 1) => FanIn.Normal.Form.With(mean, std);
}

/// <summary>w ~ N(mean, std^2).</summary>
internal sealed class Normal : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "normal",
        [FormParameter.Number("mean", 0), FormParameter.NotNegative("std", 1).Printed()],
        (form, v) => new Normal(form, v, v[0], v[1])
    );

    private readonly double _mean;
    private readonly double _std;

    public Normal(Form<Initializer> form, FormArguments arguments, double mean, double std)
        : base(form.Name, form.Print(arguments)) => (_mean, _std) = (mean, std);

    public override ElementDistribution Distribution(TensorDescription tensor) =>
        ElementDistribution.Normal(_mean, _std);

    private protected override void FillElements<T>(
        Span<T> destination,
        TensorDescription tensor,
        RandomSource source
    ) => source.FillNormal(destination, _mean, _std);
}
