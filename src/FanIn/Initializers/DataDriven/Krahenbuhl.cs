namespace FanIn;

public abstract partial class Initializer
{
    /// <inheritdoc cref="KrahenbuhlInitializer"/>
    public static KrahenbuhlInitializer Krahenbuhl(double tolerance = 0.05, int maxTries = 10, bool equalize = true) =>
        (KrahenbuhlInitializer)KrahenbuhlInitializer.Form.With(tolerance, maxTries, equalize ? 1 : 0);
}

/// <summary>
/// Every unit gets mean 0 and variance 1 on a batch of data; then the layers are scaled so that all learn at one rate:
/// the ratio |gradient| / |weight| becomes the same for every layer, the geometric mean of what it was.
/// </summary>
/// <remarks>
/// <para>Krähenbühl, Doersch, Donahue, Darrell: Data-dependent initializations of convolutional neural networks, 2015,
/// algorithms 1 and 2 (with Gaussian weights; not the k-means and PCA ones of its section 3.3).</para>
/// <para>Within a layer (algorithm 1), in order of execution: w_i -> w_i / sigma_i, b_i -> (b_i - mu_i) / sigma_i.</para>
/// <para>Between layers (algorithm 2): weight k is multiplied by t_k = (C_k / C)^(a/2), where C_k = |dL/dw_k| / |w_k|, C is
/// the geometric mean of all C_k, and a is 1, or less where 1 overshoots; biases are set so that every unit's mean is 0
/// again. Why the root: where the next layers take the factors back, the function stays, so a gradient by t w is 1/t of
/// what it was, and C_k changes by 1/t^2. Why the geometric mean: the product of all t_k is 1. So in a chain whose
/// activations are homogeneous, f(t x) = t f(x) for t > 0 (relu, leaky_relu, identity, max and average pooling), the last
/// output is unchanged and all ratios are equal after one step: layer k's output is multiplied by s_k = t_1 ... t_k, and
/// the bias that centers it is s_k b_k. Other activations, and skips, don't take the factors back: there the function
/// changes, units no longer have variance 1, and the step is repeated on what is measured, <see cref="MaxTries"/> times at
/// most.</para>
/// <para>L is the loss where one is given. From a model's output it is sum(eta output) with eta ~ N(0, 1), independent by
/// example, as in the paper (section 3.2): the expectation of the squared gradient is then the sum of the examples' own.</para>
/// </remarks>
public sealed class KrahenbuhlInitializer : DataDrivenInitializer
{
    internal static readonly Form<Initializer> Form = new(
        "krahenbuhl",
        [
            FormParameter.NotNegative("tolerance", 0.05),
            FormParameter.Count("max_tries", 10),
            FormParameter.Flag("equalize", true),
        ],
        (form, v) => new KrahenbuhlInitializer(form, v)
    );

    private KrahenbuhlInitializer(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments), Normal()) =>
        (Tolerance, MaxTries, Equalize) = (arguments[0], (int)arguments[1], arguments.Flag(2));

    /// <summary>
    /// How far a unit's variance may be from 1, its mean from 0, and a layer's ratio from the geometric mean, as a share of it.
    /// </summary>
    public double Tolerance { get; }

    /// <summary>How often a layer is normalized, and how often the ratios are equalized, at most.</summary>
    public int MaxTries { get; }

    /// <summary>Whether the ratios are equalized; otherwise units are normalized only.</summary>
    public bool Equalize { get; }
}
