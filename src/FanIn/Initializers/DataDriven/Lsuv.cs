namespace FanIn;

/// <summary>What a variance is made 1 over.</summary>
public enum VarianceScope
{
    /// <summary>All elements of a layer's output together: one factor a layer.</summary>
    Tensor,

    /// <summary>Each channel, that is unit, of a layer's output: one factor a channel.</summary>
    Channel,
}

public abstract partial class Initializer
{
    /// <inheritdoc cref="LsuvInitializer"/>
    public static LsuvInitializer Lsuv(
        double tolerance = 0.05,
        int maxTries = 10,
        VarianceScope per = VarianceScope.Tensor,
        bool center = false
    ) => (LsuvInitializer)LsuvInitializer.Form.With(tolerance, maxTries, (int)per, center ? 1 : 0);
}

/// <summary>
/// Layer-sequential unit variance: orthogonal weights of gain 1, then, layer by layer in order of execution, each weight
/// is divided by the standard deviation of its layer's output on a batch of data, until that variance is within
/// <see cref="Tolerance"/> of 1. For any activation and architecture, without a formula; needs standardized data.
/// </summary>
/// <remarks>
/// Mishkin, Matas: All you need is a good init, 2015, algorithm 1. The paper has one variance a layer and leaves biases
/// alone, which start at 0; so does this by default. Variances by channel (<see cref="Per"/>) and biases moved against
/// the mean (<see cref="Center"/>, as in the authors' code) are options.
/// </remarks>
public sealed class LsuvInitializer : DataDrivenInitializer
{
    internal static readonly Form<Initializer> Form = new(
        "lsuv",
        [
            FormParameter.NotNegative("tolerance", 0.05),
            FormParameter.Count("max_tries", 10),
            FormParameter.Choice("per", VarianceScope.Tensor),
            FormParameter.Flag("center", false),
        ],
        (form, v) => new LsuvInitializer(form, v)
    );

    private LsuvInitializer(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments), Orthogonal()) =>
        (Tolerance, MaxTries, Per, Center) = (
            arguments[0],
            (int)arguments[1],
            (VarianceScope)arguments[2],
            arguments.Flag(3)
        );

    /// <summary>How far the variance of a layer's output may be from 1, and with <see cref="Center"/> its mean from 0.</summary>
    public double Tolerance { get; }

    /// <summary>How often a layer is rescaled at most.</summary>
    public int MaxTries { get; }

    /// <summary>Whether the variance is one layer's or each channel's.</summary>
    public VarianceScope Per { get; }

    /// <summary>Whether the mean is taken from the bias, of the layers that have one.</summary>
    public bool Center { get; }
}
