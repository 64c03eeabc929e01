using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

/// <summary>The optimizers against plain loops in double precision, and against TorchSharp's own on one thread.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.05;
    private const int Steps = 20;
    private static readonly double[] s_start = [1, -2, 0.5, 3];

    /// <summary>The loss sum(c (w - t)^2 + 0.1 w^4) has this gradient.</summary>
    private static double Gradient(int i, double w) => (2 * (i + 1) * 0.3 * (w - 1)) + (0.4 * w * w * w);

    [Fact]
    public void Momentum_is_v_times_09_plus_g()
    {
        double[] w = [.. s_start];
        double[] v = new double[w.Length];
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < w.Length; i++)
            {
                v[i] = (0.9 * v[i]) + Gradient(i, w[i]);
                w[i] -= Rate * v[i];
            }
        }

        Near(w, Trained(p => Optimizer.Create(OptimizerKind.Sgd, p, Rate)));
        Near(Own(p => optim.SGD(p, Rate, momentum: 0.9)), Trained(p => Optimizer.Create(OptimizerKind.Sgd, p, Rate)));
    }

    [Fact]
    public void Adam_is_algorithm_1_of_its_paper()
    {
        double[] w = [.. s_start];
        (double[] m, double[] s) = (new double[w.Length], new double[w.Length]);
        for (int step = 1; step <= Steps; step++)
        {
            for (int i = 0; i < w.Length; i++)
            {
                double g = Gradient(i, w[i]);
                m[i] = (0.9 * m[i]) + (0.1 * g);
                s[i] = (0.999 * s[i]) + (0.001 * g * g);
                double mean = m[i] / (1 - Math.Pow(0.9, step));
                double square = s[i] / (1 - Math.Pow(0.999, step));
                w[i] -= Rate * mean / (Math.Sqrt(square) + 1e-8);
            }
        }

        Near(w, Trained(p => Optimizer.Create(OptimizerKind.Adam, p, Rate)));
        Near(Own(p => optim.Adam(p, Rate)), Trained(p => Optimizer.Create(OptimizerKind.Adam, p, Rate)));
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    public void Frozen_parameters_and_those_without_a_gradient_stay(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var frozen = new Parameter(ones(2), requires_grad: false);
        var unused = new Parameter(ones(2));
        var used = new Parameter(ones(2));
        using Optimizer optimizer = Optimizer.Create(kind, [frozen, unused, used], Rate);
        for (int step = 0; step < 2; step++)
        {
            optimizer.ClearGradients();
            used.mul(frozen).sum().backward();
            optimizer.Step();
        }

        Assert.Equal([1, 1], frozen.data<float>().ToArray());
        Assert.Equal([1, 1], unused.data<float>().ToArray());
        Assert.NotEqual([1, 1], used.data<float>().ToArray());
    }

    /// <summary>A weight that two layers share is one parameter: one update a step.</summary>
    [Fact]
    public void A_shared_weight_is_updated_once()
    {
        using var scope = NewDisposeScope();
        var layer = nn.Linear(2, 2, hasBias: false);
        using var model = nn.Sequential(("a", layer), ("b", layer));
        nn.Module<Tensor, Tensor> single = layer;
        float[] before = layer.weight!.data<float>().ToArray();
        using Optimizer optimizer = Optimizer.Create(OptimizerKind.Sgd, model.parameters(), Rate);
        optimizer.ClearGradients();
        single.call(ones(1, 2)).sum().backward();
        optimizer.Step();

        Assert.Equal(
            before.Select(w => w - (float)Rate),
            layer.weight!.data<float>().ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-6f
        );
    }

    private static double[] Trained(Func<IEnumerable<Parameter>, Optimizer> create)
    {
        using var scope = NewDisposeScope();
        var weights = new Parameter(tensor(s_start));
        using Optimizer optimizer = create([weights]);
        for (int step = 0; step < Steps; step++)
        {
            optimizer.ClearGradients();
            Loss(weights).backward();
            optimizer.Step();
        }
        return weights.data<double>().ToArray();
    }

    private static double[] Own(Func<IEnumerable<Parameter>, optim.Optimizer> create)
    {
        using var scope = NewDisposeScope();
        var weights = new Parameter(tensor(s_start));
        using optim.Optimizer optimizer = create([weights]);
        for (int step = 0; step < Steps; step++)
        {
            optimizer.zero_grad();
            Loss(weights).backward();
            optimizer.step();
        }
        return weights.data<double>().ToArray();
    }

    private static Tensor Loss(Tensor w)
    {
        Tensor curvature = tensor([0.3, 0.6, 0.9, 1.2]);
        return (curvature * (w - 1).pow(2) + 0.1 * w.pow(4)).sum();
    }

    private static void Near(double[] expected, double[] actual) =>
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) <= 1e-12 * Math.Max(1, Math.Abs(a)));
}
