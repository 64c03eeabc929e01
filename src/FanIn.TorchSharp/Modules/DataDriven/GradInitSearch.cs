using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Zhu et al. 2021, algorithm 1: the objective is at <see cref="GradInitInitializer"/>. Modules of TorchSharp can't run
/// with weights that are functions of others, so the derivative of the loss after the step is taken by the chain rule:
/// with w' = w - rate A(g(w)) and v the gradient at w', it is v - rate H v by w for A(g) = g, and v for A(g) = sign(g),
/// whose derivative is 0.
/// </summary>
/// <param name="initializer">The settings.</param>
/// <param name="tuned">What gets scales.</param>
/// <param name="all">What the optimizer's step changes: all that is trained, with what is tuned among it.</param>
/// <param name="data">Gives the loss.</param>
internal sealed class GradInitSearch(
    GradInitInitializer initializer,
    ImmutableArray<Parameter> tuned,
    ImmutableArray<Parameter> all,
    DataSource data
)
{
    private readonly bool _isSgd = initializer.Optimizer == FirstStep.Sgd;

    /// <summary>
    /// A step takes the gradient, the loss after the optimizer's step, and a product with the Hessian but after the last;
    /// so does the start.
    /// </summary>
    public static int MostPasses(GradInitInitializer initializer) => 2 + (3 * initializer.Steps);

    public SearchResult Run()
    {
        using var scaled = new ScaledParameters(tuned);
        double[] scales = new double[tuned.Length];
        Array.Fill(scales, 1);
        double[] best = [.. scales];
        bool[] moved = new bool[scales.Length];
        var adam = new AdamState(scales.Length, initializer.LearningRate);
        State state = Measure(scaled, withLoss: true, withDerivatives: true);
        State first = state;
        State least = state;
        for (int step = 0; step < initializer.Steps; step++)
        {
            double[] derivatives = state.Derivatives ?? NormDerivatives(scaled);
            for (int i = 0; i < scales.Length; i++)
            {
                moved[i] |= derivatives[i] != 0;
            }
            adam.Step(scales, derivatives, GradInitInitializer.LeastScale);
            scaled.Set(scales);
            state = Measure(scaled, withLoss: false, withDerivatives: step + 1 < initializer.Steps);
            if (IsBetter(state, least))
            {
                (least, best) = (state, [.. scales]);
            }
        }
        scaled.Set(best);
        if (double.IsNaN(least.Loss))
        {
            least = Measure(scaled, withLoss: true, withDerivatives: false);
        }
        return new(
            [.. scales.Select(_ => 1.0)],
            [.. best],
            [
                new("loss after one step", first.Loss, least.Loss),
                new("gradient norm", first.GradientNorm, least.GradientNorm),
            ],
            initializer.Steps,
            i => moved[i] && IsWithin(least)
        );
    }

    private bool IsWithin(State state) => state.GradientNorm <= initializer.Gamma && double.IsFinite(state.Loss);

    /// <summary>Within the bound the lower loss; outside the lower norm.</summary>
    private bool IsBetter(State a, State b) =>
        (IsWithin(a), IsWithin(b)) switch
        {
            (true, true) => a.Loss < b.Loss,
            (true, false) => true,
            (false, true) => false,
            _ => a.GradientNorm < b.GradientNorm
                || (!double.IsFinite(b.GradientNorm) && double.IsFinite(a.GradientNorm)),
        };

    /// <summary>The gradient's norm; within the bound, or where it is wanted, the loss after the step; within it, its derivatives.</summary>
    private State Measure(ScaledParameters scaled, bool withLoss, bool withDerivatives)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        Tensor?[] g = Gradients.Of(data.Loss(initializer), all);
        Tensor?[] direction = _isSgd ? g : [.. g.Select(x => x?.sign())];
        double inner = g.Zip(direction).Sum(pair => pair.First is null ? 0 : Gradients.Inner(pair.First, pair.Second!));
        double norm = _isSgd ? Math.Sqrt(inner) : inner;
        bool within = norm <= initializer.Gamma;
        if (!within && !withLoss)
        {
            return new(norm, double.NaN, null);
        }
        (double loss, Tensor?[] v) = AfterStep(direction);
        return new(norm, loss, within && withDerivatives ? LossDerivatives(scaled, v) : null);
    }

    /// <summary>The loss after the optimizer's step and its gradient there; the parameters are as before afterwards.</summary>
    private (double Loss, Tensor?[] Gradient) AfterStep(Tensor?[] direction)
    {
        Tensor[] before = [.. all.Select(p => p.detach().clone())];
        try
        {
            using (no_grad())
            {
                using Scalar minusRate = -initializer.StepSize;
                foreach ((Parameter parameter, Tensor? along) in all.Zip(direction))
                {
                    if (along is not null)
                    {
                        parameter.add_(along, minusRate);
                    }
                }
            }
            Tensor loss = data.Loss(initializer);
            return (CpuTensor.Value(loss), Gradients.Of(loss, all));
        }
        finally
        {
            using var noGrad = no_grad();
            foreach ((Parameter parameter, Tensor value) in all.Zip(before))
            {
                parameter.copy_(value);
            }
        }
    }

    private double[] LossDerivatives(ScaledParameters scaled, Tensor?[] v)
    {
        double[] derivatives = scaled.DerivativesByScale(OfTuned(v));
        if (_isSgd)
        {
            double[] curvature = scaled.DerivativesByScale(HessianTimes(_ => v));
            for (int i = 0; i < derivatives.Length; i++)
            {
                derivatives[i] -= initializer.StepSize * curvature[i];
            }
        }
        return derivatives;
    }

    /// <summary>The 2-norm's derivative is H g / |g|, of which the direction is enough for Adam; the 1-norm's is H sign(g).</summary>
    private double[] NormDerivatives(ScaledParameters scaled)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        double norm = 1;
        Tensor?[] product = HessianTimes(g =>
        {
            if (!_isSgd)
            {
                return [.. g.Select(x => x?.detach().sign())];
            }
            norm = Math.Sqrt(g.Sum(x => x is null ? 0 : Gradients.Inner(x, x)));
            return [.. g.Select(x => x?.detach())];
        });
        return [.. scaled.DerivativesByScale(product).Select(d => norm > 0 ? d / norm : 0)];
    }

    /// <summary>H v by the tuned parameters, at the present ones.</summary>
    private Tensor?[] HessianTimes(Func<Tensor?[], Tensor?[]> vector)
    {
        Tensor?[] g = Gradients.Of(data.Loss(initializer), all, differentiable: true);
        return Gradients.Dot(g.Zip(vector(g))) is { } product
            ? Gradients.Of(product, tuned)
            : new Tensor?[tuned.Length];
    }

    /// <summary>By the handle: tensors are equal when their values are.</summary>
    private Tensor?[] OfTuned(Tensor?[] ofAll)
    {
        Dictionary<IntPtr, Tensor?> byHandle = all.Zip(ofAll).ToDictionary(p => p.First.Handle, p => p.Second);
        return [.. tuned.Select(parameter => byHandle[parameter.Handle])];
    }

    /// <param name="GradientNorm">At the present scales.</param>
    /// <param name="Loss">After the optimizer's step; NaN where it wasn't measured.</param>
    /// <param name="Derivatives">Those of the loss after the step; null outside the bound.</param>
    private sealed record State(double GradientNorm, double Loss, double[]? Derivatives);

    /// <summary>Kingma and Ba 2014, algorithm 1, with their constants.</summary>
    private sealed class AdamState(int count, double rate)
    {
        private const double Beta1 = 0.9;
        private const double Beta2 = 0.999;

        private readonly double[] _first = new double[count];
        private readonly double[] _second = new double[count];
        private double _rest1 = 1;
        private double _rest2 = 1;

        public void Step(double[] values, double[] derivatives, double least)
        {
            (_rest1, _rest2) = (_rest1 * Beta1, _rest2 * Beta2);
            for (int i = 0; i < values.Length; i++)
            {
                _first[i] = (Beta1 * _first[i]) + ((1 - Beta1) * derivatives[i]);
                _second[i] = (Beta2 * _second[i]) + ((1 - Beta2) * derivatives[i] * derivatives[i]);
                double step = _first[i] / (1 - _rest1) / (Math.Sqrt(_second[i] / (1 - _rest2)) + 1e-8);
                values[i] = Math.Max(least, values[i] - (rate * step));
            }
        }
    }
}
