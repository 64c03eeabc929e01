namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For the last layer of a hypernetwork, which makes the weights of a main layer: Var h = gain^2 / (fan d E[e^2]) over
    /// its own d inputs e, so that the weights it makes have the variance gain^2 / <paramref name="fan"/> that LeCun's
    /// (gain 1) or He's (gain sqrt(2)) rule would give them. Any fan-in rule here would make them far too large, since it
    /// doesn't know the layer that they go to.
    /// </summary>
    /// <param name="fan">The fan-in of the main layer: inputs / groups x taps.</param>
    /// <param name="gain">The main layer's gain; sqrt(2) after ReLU.</param>
    /// <param name="biases">
    /// Whether a hypernetwork makes the main layer's biases too. The weights then give half of the variance, and the biases
    /// the other half, from a last layer with <c>variance_scaling(scale=gain^2/(2 E[e^2]))</c>.
    /// </param>
    /// <param name="meanSquare">E[e^2], the mean square of the hypernetwork's last hidden units.</param>
    /// <param name="distribution">The shape of the distribution.</param>
    /// <remarks>
    /// Chang, Flokas, Lipson: Principled Weight Initialization for Hypernetworks, 2020, section 4.2: w_ij = sum_k h_ijk e_k
    /// has the variance d Var(h) E[e^2], which is to be gain^2 / fan, or half of it.
    /// </remarks>
    public static Initializer HyperfanIn(
        double fan,
        double gain = 1,
        bool biases = false,
        double meanSquare = 1,
        ScaledDistribution distribution = ScaledDistribution.Normal
    ) => Hyperfan.In.With(fan, gain, biases ? 1 : 0, meanSquare, (int)distribution);

    /// <summary>
    /// As <see cref="HyperfanIn"/>, for the variance of gradients: the weights that are made get the variance
    /// gain^2 / <paramref name="fan"/> of the main layer's fan-out. Biases that a hypernetwork makes don't change that; for
    /// the forward variance they are to make up for what the weights then lack, by a last layer with
    /// <c>variance_scaling(scale=gain^2 (1 - fan-in/fan-out)/E[e^2])</c>, or <c>zeros</c> where that is negative.
    /// </summary>
    /// <param name="fan">The fan-out of the main layer: outputs / groups x taps.</param>
    /// <param name="gain">The main layer's gain; sqrt(2) before ReLU.</param>
    /// <param name="meanSquare">E[e^2], the mean square of the hypernetwork's last hidden units.</param>
    /// <param name="distribution">The shape of the distribution.</param>
    /// <remarks>Chang, Flokas, Lipson: Principled Weight Initialization for Hypernetworks, 2020, section 4.3.</remarks>
    public static Initializer HyperfanOut(
        double fan,
        double gain = 1,
        double meanSquare = 1,
        ScaledDistribution distribution = ScaledDistribution.Normal
    ) => Hyperfan.Out.With(fan, gain, meanSquare, (int)distribution);
}

/// <summary>std(h) = gain / sqrt(fan d E[e^2]), d the tensor's own fan-in, fan the main layer's; over sqrt(2) with biases.</summary>
internal static class Hyperfan
{
    private static readonly FormParameter s_fan = FormParameter.Positive("fan", 1).WithoutDefault();
    private static readonly FormParameter s_gain = FormParameter.NotNegative("gain", 1);
    private static readonly FormParameter s_meanSquare = FormParameter.Positive("mean_square", 1);
    private static readonly FormParameter s_distribution = FormParameter.Choice(
        "distribution",
        ScaledDistribution.Normal
    );

    public static readonly Form<Initializer> In = new(
        "hyperfan_in",
        [s_fan, s_gain, FormParameter.Flag("biases", false), s_meanSquare, s_distribution],
        (form, v) => Create(form, v, v[0], v[1], v.Flag(2) ? 2 : 1, v[3], v[4])
    );

    public static readonly Form<Initializer> Out = new(
        "hyperfan_out",
        [s_fan, s_gain, s_meanSquare, s_distribution],
        (form, v) => Create(form, v, v[0], v[1], 1, v[2], v[3])
    );

    private static VarianceScaling Create(
        Form<Initializer> form,
        FormArguments arguments,
        double mainFan,
        double gain,
        double shares,
        double meanSquare,
        double distribution
    ) =>
        new(
            form,
            arguments,
            (ScaledDistribution)distribution,
            fan => gain / Math.Sqrt(shares * mainFan * meanSquare * fan.In)
        );
}
