using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What a search over scales found.</summary>
internal sealed record SearchResult(
    ImmutableArray<double> Before,
    ImmutableArray<double> After,
    ImmutableArray<FitMeasure> Measures,
    int Tries,
    Func<int, bool> IsReached
);

/// <summary>Dauphin and Schoenholz 2019: the formula is at <see cref="MetaInitInitializer"/>.</summary>
/// <param name="initializer">The settings.</param>
/// <param name="tuned">Whose norms are searched.</param>
/// <param name="all">Over whose elements the quotient is the mean.</param>
/// <param name="data">Gives the loss.</param>
internal sealed class MetaInitSearch(
    MetaInitInitializer initializer,
    ImmutableArray<Parameter> tuned,
    ImmutableArray<Parameter> all,
    DataSource data
)
{
    public static int MostPasses(MetaInitInitializer initializer) => initializer.Steps + 1;

    public SearchResult Run()
    {
        using var scaled = new ScaledParameters(tuned);
        double[] start = [.. tuned.Select(Gradients.Norm)];
        double[] norms = [.. start];
        double[] best = [.. start];
        double[] speed = new double[norms.Length];
        bool[] moved = new bool[norms.Length];
        double first = double.NaN;
        double least = double.PositiveInfinity;
        for (int step = 0; step <= initializer.Steps; step++)
        {
            (double quotient, double[] derivatives) = Measure(scaled, step < initializer.Steps);
            if (step == 0)
            {
                first = quotient;
            }
            if (quotient < least)
            {
                (least, best) = (quotient, [.. norms]);
            }
            if (step < initializer.Steps)
            {
                Move(norms, speed, moved, derivatives);
                scaled.Set(Scales(norms));
            }
        }
        scaled.Set(Scales(best));
        return new(
            [.. start],
            [.. best],
            [new("gradient quotient", first, double.IsFinite(least) ? least : first)],
            initializer.Steps,
            i => moved[i] && least <= first
        );

        double[] Scales(double[] to) => [.. to.Select((norm, i) => start[i] > 0 ? norm / start[i] : 1)];
    }

    private void Move(double[] norms, double[] speed, bool[] moved, double[] derivatives)
    {
        for (int i = 0; i < norms.Length; i++)
        {
            speed[i] = (initializer.Momentum * speed[i]) - (initializer.LearningRate * Math.Sign(derivatives[i]));
            moved[i] |= derivatives[i] != 0;
            if (norms[i] + speed[i] > 0)
            {
                norms[i] += speed[i];
            }
            else
            {
                (norms[i], speed[i]) = (norms[i] / 2, 0);
            }
        }
    }

    private (double Quotient, double[] Derivatives) Measure(ScaledParameters scaled, bool withDerivatives)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        using Scalar half = 0.5;
        using Scalar epsilon = initializer.Epsilon;
        Tensor?[] g = Gradients.Of(data.Loss(initializer), all, differentiable: true);
        Tensor? energy = Gradients.Dot(g.Zip(g));
        if (energy is null)
        {
            return (double.NaN, new double[tuned.Length]);
        }
        Tensor?[] hg = Gradients.Of(energy.mul(half), all, differentiable: withDerivatives);
        var deviations = new List<Tensor>();
        long count = 0;
        foreach ((Tensor? gi, Tensor? hgi) in g.Zip(hg))
        {
            if (gi is not null)
            {
                Tensor changed = hgi is null ? gi : gi.sub(hgi);
                Tensor guarded = gi.sub(Gradients.SignOf(gi).mul(epsilon).neg());
                deviations.Add(changed.div(guarded).sub(ones_like(gi)).abs().sum());
                count += gi.numel();
            }
        }
        using Scalar share = 1.0 / count;
        Tensor quotient = stack(deviations).sum().mul(share);
        double[] derivatives = withDerivatives
            ? scaled.DerivativesByScale(Gradients.Of(quotient, tuned))
            : new double[tuned.Length];
        return (CpuTensor.Value(quotient), derivatives);
    }
}
