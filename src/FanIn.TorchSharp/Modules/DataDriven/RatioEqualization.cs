using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Krähenbühl et al. 2015, algorithm 2: the ratio |gradient| / |weight| is made the same for all layers. The formula, and
/// why the function stays what it is where activations are homogeneous, is at <see cref="KrahenbuhlInitializer"/>.
/// </summary>
internal sealed class RatioEqualization(
    KrahenbuhlInitializer initializer,
    ImmutableArray<FittedLayer> layers,
    Func<Parameter, bool> mayChange,
    DataSource data,
    Seed seed
)
{
    public static int MostPasses(KrahenbuhlInitializer initializer) => 1 + (2 * initializer.MaxTries);

    /// <summary>The layers' ratios to the geometric mean, before and after; NaN where a layer has no gradient.</summary>
    public (double[] Before, double[] After, int Tries) Run()
    {
        double[] before = Measure();
        double[] ratios = before;
        double exponent = 0.5;
        int tries = 0;
        for (; tries < initializer.MaxTries && Farthest(ratios) > initializer.Tolerance; tries++)
        {
            using DisposeScope scope = NewDisposeScope();
            List<(Parameter Parameter, Tensor Value)> kept = Keep();
            Multiply([.. ratios.Select(ratio => double.IsNaN(ratio) ? 1 : Math.Pow(ratio, exponent))]);
            Recenter();
            double[] changed = Measure();
            if (Farthest(changed) < Farthest(ratios))
            {
                ratios = changed;
                continue;
            }
            exponent /= 2;
            using var noGrad = no_grad();
            foreach ((Parameter parameter, Tensor value) in kept)
            {
                parameter.copy_(value);
            }
        }
        return (before, ratios, tries);
    }

    public bool IsReached(double ratio) => Math.Abs(ratio - 1) <= initializer.Tolerance;

    private static double Farthest(double[] ratios) =>
        ratios.Where(ratio => !double.IsNaN(ratio)).Select(ratio => Math.Abs(ratio - 1)).DefaultIfEmpty(0).Max();

    private double[] Measure()
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        int[] learning = [.. Enumerable.Range(0, layers.Length).Where(i => layers[i].Weight.Value.requires_grad)];
        Tensor?[] gradients = Gradients.Of(
            Loss(data.Value(initializer)),
            [.. learning.Select(i => layers[i].Weight.Value)]
        );
        double[] ratios = new double[layers.Length];
        Array.Fill(ratios, double.NaN);
        foreach ((int i, Tensor? gradient) in learning.Zip(gradients))
        {
            if (gradient is not null)
            {
                ratios[i] = Gradients.Norm(gradient) / Gradients.Norm(layers[i].Weight.Value);
            }
        }
        double[] logs = [.. ratios.Where(IsUsable).Select(ratio => Math.Log(ratio))];
        double mean = logs.Length == 0 ? 1 : Math.Exp(logs.Average());
        return [.. ratios.Select(ratio => IsUsable(ratio) ? ratio / mean : double.NaN)];
    }

    /// <summary>No gradient, no weight, or an overflow gives no ratio.</summary>
    private static bool IsUsable(double ratio) => ratio > 0 && double.IsFinite(ratio);

    /// <summary>A loss as it is, an output as its product with independent normal numbers, the same at every pass.</summary>
    private Tensor Loss(Tensor value)
    {
        if (value.numel() == 1)
        {
            return value.sum();
        }
        float[] weights = new float[value.numel()];
        RandomStream.Create(seed, "#output").FillNormal(weights, 0, 1);
        return value.mul(tensor(weights).reshape(value.shape).to(value.dtype).to(value.device)).sum();
    }

    private List<(Parameter, Tensor)> Keep()
    {
        using var noGrad = no_grad();
        return
        [
            .. layers
                .SelectMany(layer => layer.Layers.Select(BiasOf).OfType<Parameter>().Prepend(layer.Weight.Value))
                .Select(parameter => (parameter, parameter.clone())),
        ];
    }

    private void Multiply(double[] factors)
    {
        using var noGrad = no_grad();
        foreach ((FittedLayer layer, double value) in layers.Zip(factors))
        {
            using Scalar factor = value;
            layer.Weight.Value.mul_(factor);
        }
    }

    private void Recenter()
    {
        FittedLayer[] movable =
        [
            .. layers
                .Where(layer => layer.Layers.Any(module => BiasOf(module) is not null))
                .Select(layer => layer with { Goal = UnitGoal.Centered }),
        ];
        new LayerwiseFit(movable, mayChange).Fit(data);
    }

    private Parameter? BiasOf(nn.Module layer) =>
        FittedLayer.ParameterOf(layer, "bias") is { } bias && mayChange(bias) ? bias : null;
}
