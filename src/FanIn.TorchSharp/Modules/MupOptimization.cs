using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// The learning rates of the maximal update parametrization as an optimizer's parameter groups, one for each rate.
/// </summary>
/// <example><code>
/// model.Initialize("mup(base_width=64)", seed: 42);
/// MupScaling mup = MupScaling.Of(model.Describe(), baseWidth: 64);
/// using var optimizer = torch.optim.AdamW(model.MupAdamW(mup, learningRate: 1e-3));
/// </code></example>
public static class MupOptimization
{
    /// <summary>Groups for <c>torch.optim.AdamW</c>, of the trainable parameters.</summary>
    /// <param name="model">Initialized by the recipe <c>mup</c>, or by rules with the same standard deviations.</param>
    /// <param name="mup">The model's factors.</param>
    /// <param name="learningRate">The rate that is best at the base width.</param>
    /// <param name="weightDecay">
    /// Likewise. AdamW multiplies it with the learning rate, so it is divided by that one's factor: weights shrink equally
    /// fast at any width.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative or not finite.</exception>
    /// <exception cref="ArgumentException">The factors are those of another model.</exception>
    public static IReadOnlyList<AdamW.ParamGroup> MupAdamW(
        this nn.Module model,
        MupScaling mup,
        double learningRate,
        double weightDecay = 0
    ) =>
        [
            .. Groups(model, mup, factors => factors.AdamLearningRate, learningRate, weightDecay)
                .Select(g => new AdamW.ParamGroup(
                    g.Parameters,
                    new AdamW.Options { LearningRate = learningRate * g.Factor, weight_decay = weightDecay / g.Factor }
                )),
        ];

    /// <summary>Groups for <c>torch.optim.SGD</c>, of the trainable parameters.</summary>
    /// <param name="model">Initialized by the recipe <c>mup</c>, or by rules with the same standard deviations.</param>
    /// <param name="mup">The model's factors.</param>
    /// <param name="learningRate">The rate that is best at the base width.</param>
    /// <param name="weightDecay">Likewise; divided by the learning rate's factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative or not finite.</exception>
    /// <exception cref="ArgumentException">The factors are those of another model.</exception>
    public static IReadOnlyList<SGD.ParamGroup> MupSgd(
        this nn.Module model,
        MupScaling mup,
        double learningRate,
        double weightDecay = 0
    ) =>
        [
            .. Groups(model, mup, factors => factors.SgdLearningRate, learningRate, weightDecay)
                .Select(g => new SGD.ParamGroup(
                    g.Parameters,
                    new SGD.Options { LearningRate = learningRate * g.Factor, weight_decay = weightDecay / g.Factor }
                )),
        ];

    /// <summary>The trainable parameters by their factor, in order of first appearance.</summary>
    private static IEnumerable<(double Factor, Parameter[] Parameters)> Groups(
        nn.Module model,
        MupScaling mup,
        Func<MupFactors, double> factor,
        double learningRate,
        double weightDecay
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(mup);
        CheckRate(learningRate, nameof(learningRate));
        CheckRate(weightDecay, nameof(weightDecay));
        NativeLoader.EnsureLoaded();
        List<TorchParameter> parameters = TorchParameter.ListOf(model);
        CheckSame(mup, parameters);
        return mup
            .Parameters.Zip(parameters)
            .Where(p => p.Second.Value.requires_grad)
            .GroupBy(p => factor(p.First), p => p.Second.Value)
            .Select(group => (group.Key, group.ToArray()));
    }

    private static void CheckSame(MupScaling mup, List<TorchParameter> parameters)
    {
        if (mup.Parameters.Length != parameters.Count)
        {
            throw new ArgumentException(
                $"The factors are of {mup.Parameters.Length} parameters, but the model has {parameters.Count}; they are another model's.",
                nameof(mup)
            );
        }
        foreach ((MupFactors factors, TorchParameter parameter) in mup.Parameters.Zip(parameters))
        {
            (ParameterDescription of, ParameterDescription own) = (factors.Parameter, parameter.Description);
            if (of.Name != own.Name || of.Tensor != own.Tensor)
            {
                throw new ArgumentException(
                    $"The factors are of '{of.Name}' {of.Tensor} where the model has '{own.Name}' {own.Tensor}; they are another model's.",
                    nameof(mup)
                );
            }
        }
    }

    private static void CheckRate(double rate, string name)
    {
        if (!double.IsFinite(rate) || rate < 0)
        {
            throw new ArgumentOutOfRangeException(name, rate, "A rate is a finite number of 0 or more.");
        }
    }
}
