using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// The maximal update parametrization of a model: how standard deviation and learning rate of each parameter depend on the
/// width, so that every layer learns as fast at any width, and the learning rate that was best for a narrow model is best
/// for a wide one. In terms of the width over the base width, r:
/// <list type="table">
/// <item><term>input weights, biases, scales, embeddings</term><description>std 1, Adam 1, SGD r</description></item>
/// <item><term>hidden weights</term><description>std 1/sqrt(r), Adam 1/r, SGD 1</description></item>
/// <item><term>output weights</term><description>std 1/r, Adam 1/r, SGD 1/r</description></item>
/// </list>
/// The model itself stays as it is, with two exceptions: attention's logits are to be divided by the size of a head instead
/// of its root, and where the output layer is the embedding, the output takes <see cref="MupFactors.OutputMultiplier"/>.
/// The recipe <c>mup(base_width)</c> gives weights of these standard deviations.
/// </summary>
/// <remarks>Yang, Hu et al.: Tensor Programs V: Tuning Large Neural Networks via Zero-Shot Hyperparameter Transfer, 2022, table 3; definition 4.1 for the logits.</remarks>
/// <param name="Parameters">One a parameter, in the model's order.</param>
public sealed record MupScaling(ImmutableArray<MupFactors> Parameters)
{
    /// <summary>
    /// By comparison with the same model at the base width: what differs in size is what grows, each by its own ratio.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="baseModel">The model whose learning rate was tuned: the same parameters, narrower or wider.</param>
    /// <exception cref="ArgumentException">They don't have the same parameters.</exception>
    public static MupScaling Of(ModelDescription model, ModelDescription baseModel)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(baseModel);
        Dictionary<string, ParameterDescription> atBase = baseModel.Parameters.ToDictionary(
            p => ParameterNames.KeyOf(p.Name),
            StringComparer.Ordinal
        );
        string[] missing =
        [
            .. model.Parameters.Where(p => !atBase.ContainsKey(ParameterNames.KeyOf(p.Name))).Select(p => p.Name),
        ];
        if (missing.Length > 0 || atBase.Count != model.Parameters.Length)
        {
            HashSet<string> names = [.. model.Parameters.Select(p => ParameterNames.KeyOf(p.Name))];
            string lone = missing.Length > 0 ? missing[0] : atBase.Keys.First(name => !names.Contains(name));
            throw new ArgumentException(
                $"Only one of the two models has '{lone}'; the base model is the same one at another width.",
                nameof(baseModel)
            );
        }
        return new([
            .. model.Parameters.Select(p =>
            {
                ParameterDescription other = atBase[ParameterNames.KeyOf(p.Name)];
                WidthScaling scaling = WidthScalings.Of(p, other);
                (TensorDescription a, TensorDescription b) = (WidthScalings.Logical(p), WidthScalings.Logical(other));
                return a.Fan is null
                    ? WithOutput(new(p, scaling, 1, Ratio(a.Count, b.Count)))
                    : WithOutput(
                        new(
                            p,
                            scaling,
                            a.Layout == WeightLayout.Embedding
                                ? 1
                                : Ratio(WidthScalings.InputsOfOne(a), WidthScalings.InputsOfOne(b)),
                            Ratio(a.Outputs, b.Outputs)
                        )
                    );
            }),
        ]);
    }

    /// <summary>
    /// By the parameters' places alone: weights in the model's blocks grow both ways, those before them in outputs, those
    /// behind them in inputs (in a plain chain of layers the first and the last are before and behind), all by the ratio of
    /// the model's width to <paramref name="baseWidth"/>.
    /// </summary>
    /// <param name="model">The model; its <see cref="ModelDescription.Width"/> counts.</param>
    /// <param name="baseWidth">The width at which the learning rate was tuned.</param>
    /// <exception cref="ArgumentOutOfRangeException">The base width is below 1.</exception>
    /// <exception cref="ArgumentException">The model's width isn't known.</exception>
    public static MupScaling Of(ModelDescription model, long baseWidth)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (baseWidth < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(baseWidth), baseWidth, "A width is 1 or more.");
        }
        double ratio = model.Width is { } width
            ? width / (double)baseWidth
            : throw new ArgumentException(
                "The model has neither weights nor an embedding to show its width; set ModelDescription.Width, or give a base model.",
                nameof(model)
            );
        return new([
            .. model.Parameters.Select(p =>
            {
                WidthScaling scaling = WidthScalings.Of(p, model);
                return WithOutput(
                    new(
                        p,
                        scaling,
                        scaling is WidthScaling.Hidden or WidthScaling.Output ? ratio : 1,
                        scaling is WidthScaling.Hidden or WidthScaling.Input ? ratio : 1
                    )
                );
            }),
        ]);
    }

    /// <summary>True when both have equal factors for equal parameters.</summary>
    public bool Equals(MupScaling? other) => other is not null && Parameters.SequenceEqual(other.Parameters);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Parameters.Aggregate(Parameters.Length, (hash, factors) => HashCode.Combine(hash, factors));

    private static readonly NamePattern s_output = new(ProjectionNames.Output);

    /// <summary>An embedding that a head shares makes the output too.</summary>
    private static MupFactors WithOutput(MupFactors factors) =>
        factors.Parameter.Role == ParameterRole.Embedding
        && factors
            .Parameter.Aliases.Append(factors.Parameter.Name)
            .Any(name => s_output.Match(ParameterNames.KeyOf(name)) is not null)
            ? factors with
            {
                OutputMultiplier = 1 / factors.OutputRatio,
            }
            : factors;

    private static double Ratio(long a, long b) => b == 0 || a == b ? 1 : a / (double)b;
}
