namespace FanIn;

public abstract partial class Initializer
{
    /// <inheritdoc cref="WeightNormInitializer"/>
    public static WeightNormInitializer WeightNorm(double tolerance = 0.05) =>
        (WeightNormInitializer)WeightNormInitializer.Form.With(tolerance);
}

/// <summary>
/// The initialization of weight normalization: v ~ N(0, 0.05^2) and, from one batch of data and in order of execution,
/// g = 1 / sigma and b = -mu / sigma, where mu and sigma are the mean and standard deviation of each unit's
/// v x / |v|. Every unit then has mean 0 and variance 1 on the batch.
/// </summary>
/// <remarks>
/// Salimans, Kingma: Weight normalization, 2016, equations 5 and 6. A layer that holds a plain weight gets the product
/// w = g v / |v|. One step a layer, since the unit is affine in its weight.
/// </remarks>
public sealed class WeightNormInitializer : DataDrivenInitializer
{
    internal static readonly Form<Initializer> Form = new(
        "weight_norm",
        [FormParameter.NotNegative("tolerance", 0.05)],
        (form, v) => new WeightNormInitializer(form, v)
    );

    private WeightNormInitializer(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments), Normal(0, 0.05)) => Tolerance = arguments[0];

    /// <summary>How far a unit's variance may be from 1 and its mean from 0 afterwards for the layer to count as reached.</summary>
    public double Tolerance { get; }
}
