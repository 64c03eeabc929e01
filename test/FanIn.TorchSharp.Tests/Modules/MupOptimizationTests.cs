using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>muP's parameter groups, and the check that the paper recommends: activations at several widths.</summary>
public sealed class MupOptimizationTests(ITestOutputHelper output) : IDisposable
{
    private const int Steps = 4;
    private static readonly long[] s_widths = [64, 128, 256, 512];
    private static readonly string[] s_layers = ["fc1", "fc2", "fc3", "readout"];

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void GroupsOfAdamW()
    {
        Sequential model = Mlp(256);
        MupScaling mup = MupScaling.Of(model.Describe(), 64);

        IReadOnlyList<AdamW.ParamGroup> groups = model.MupAdamW(mup, learningRate: 0.01, weightDecay: 0.1);

        Assert.Equal([0.01, 0.0025], groups.Select(g => g.Options.LearningRate!.Value));
        Assert.Equal([0.1, 0.4], groups.Select(g => g.Options.weight_decay!.Value));
        Assert.Equal(["fc2.weight", "fc3.weight", "readout.weight"], Names(model, groups[1].Parameters));
        Assert.Equal(8, groups.Sum(g => g.Parameters.Count()));
        using AdamW optimizer = optim.AdamW(groups, beta2: 0.95);
        Assert.All(groups, g => Assert.Equal(0.95, g.Options.beta2));
    }

    [Fact]
    public void GroupsOfSgdFromABaseModel()
    {
        Sequential model = Mlp(256);
        MupScaling mup = MupScaling.Of(model.Describe(), Mlp(64).Describe());

        IReadOnlyList<SGD.ParamGroup> groups = model.MupSgd(mup, learningRate: 0.01, weightDecay: 0.1);

        Assert.Equal([0.04, 0.01, 0.0025], groups.Select(g => g.Options.LearningRate!.Value));
        Assert.Equal([0.025, 0.1, 0.4], groups.Select(g => g.Options.weight_decay!.Value));
        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.bias", "fc3.bias"], Names(model, groups[0].Parameters));
        Assert.Equal(["fc2.weight", "fc3.weight", "readout.bias"], Names(model, groups[1].Parameters));
        Assert.Equal(["readout.weight"], Names(model, groups[2].Parameters));
        using SGD optimizer = optim.SGD(groups, learningRate: 1);
        Assert.Equal(0.04, groups[0].Options.LearningRate);
    }

    [Fact]
    public void FrozenParametersAreInNoGroup()
    {
        Sequential model = Mlp(64);
        model.get_parameter("fc2.weight")!.requires_grad = false;

        IReadOnlyList<AdamW.ParamGroup> groups = model.MupAdamW(MupScaling.Of(model.Describe(), 64), 0.01);

        Assert.Equal(7, Assert.Single(groups).Parameters.Count());
    }

    [Fact]
    public void WrongArgumentsAreErrors()
    {
        Sequential model = Mlp(64);
        MupScaling mup = MupScaling.Of(model.Describe(), 64);
        foreach (double rate in (double[])[-1, double.NaN, double.PositiveInfinity])
        {
            Assert.StartsWith(
                "A rate is a finite number of 0 or more.",
                Assert.Throws<ArgumentOutOfRangeException>(() => model.MupAdamW(mup, rate)).Message
            );
            Assert.Throws<ArgumentOutOfRangeException>(() => model.MupSgd(mup, 1, rate));
        }
        Assert.StartsWith(
            "The factors are of 8 parameters, but the model has 2; they are another model's.",
            Assert.Throws<ArgumentException>(() => nn.Linear(2, 2).MupAdamW(mup, 1)).Message
        );
        Assert.StartsWith(
            "The factors are of 'fc1.weight' [64, 16] torch where the model has 'fc1.weight' [128, 16] torch; they are another model's.",
            Assert.Throws<ArgumentException>(() => Mlp(128).MupSgd(mup, 1)).Message
        );
    }

    /// <summary>
    /// Under muP no layer's activations change with the width while it learns; the output starts at width^(-1/2) and
    /// loses that as it learns, so it is looked at where it starts at 0, as is usual.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ActivationsDoNotDependOnTheWidth(bool adam)
    {
        Recipe recipe = Recipe
            .Parse("mup(base_width=64)")
            .With(Rule.For("readout.weight", Initializer.Zeros) with { Role = ParameterRole.Weight });
        double[][] slopes = Slopes(
            recipe,
            model =>
            {
                MupScaling mup = MupScaling.Of(model.Describe(), 64);
                return adam ? optim.AdamW(model.MupAdamW(mup, 0.01)) : optim.SGD(model.MupSgd(mup, 0.1), 0.1);
            }
        );
        for (int step = 0; step <= Steps; step++)
        {
            for (int layer = 0; layer < s_layers.Length; layer++)
            {
                if (step > 0 || s_layers[layer] != "readout")
                {
                    Assert.InRange(slopes[step][layer], -0.1, 0.1);
                }
            }
        }
    }

    /// <summary>At the start the output of random readouts falls as width^(-1/2).</summary>
    [Fact]
    public void TheOutputStartsSmallerInWiderModels()
    {
        double[] start = Slopes(Recipe.Parse("mup(base_width=64)"), model => optim.SGD(model.parameters(), 0))[0];
        Assert.Equal(-0.5, start[^1], 0.1);
    }

    /// <summary>After the first step; later the rate is so much too large for wide models that they break.</summary>
    [Fact]
    public void WithoutItActivationsGrowWithTheWidth()
    {
        double[] first = Slopes(Recipe.Parse("lecun"), model => optim.AdamW(model.parameters(), 0.01))[1];
        // The first layer's inputs don't grow.
        Assert.InRange(first[0], -0.1, 0.1);
        Assert.All(first.Skip(1), slope => Assert.True(slope > 0.3));
    }

    /// <summary>
    /// Slopes of ln mean |output of a layer| over ln width, by step and layer, over 3 seeds: 64 examples of 16 numbers and 4
    /// targets that are functions of them.
    /// </summary>
    private double[][] Slopes(Recipe recipe, Func<Sequential, optim.Optimizer> optimizerOf)
    {
        const int Seeds = 3;
        Tensor inputs = TestTensors.Normal("inputs", 64, 16);
        Tensor targets = inputs.matmul(TestTensors.Normal("teacher", 16, 4)).div(4).sin();
        double[][][] sizes =
        [
            .. s_widths.Select(_ => Enumerable.Range(0, Steps + 1).Select(_ => new double[s_layers.Length]).ToArray()),
        ];
        foreach ((int w, long width) in s_widths.Index())
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                using var scope = NewDisposeScope();
                Sequential model = Mlp(width);
                model.Initialize(recipe, seed);
                optim.Optimizer optimizer = optimizerOf(model);
                for (int step = 0; step <= Steps; step++)
                {
                    Tensor x = inputs;
                    for (int i = 0; i < s_layers.Length; i++)
                    {
                        x = model[i].call(x);
                        sizes[w][step][i] += MeanSize(x) / Seeds;
                        x = i < s_layers.Length - 1 ? x.relu() : x;
                    }
                    optimizer.zero_grad();
                    nn.functional.mse_loss(x, targets).backward();
                    optimizer.step();
                }
            }
        }
        double[][] slopes =
        [
            .. Enumerable.Range(0, Steps + 1).Select(step => s_layers.Select((_, i) => Slope(step, i)).ToArray()),
        ];
        foreach ((int step, double[] row) in slopes.Index())
        {
            output.WriteLine($"t={step}: {string.Join(' ', row.Select(s => s.ToString("F3")))}");
        }
        return slopes;

        double Slope(int step, int layer)
        {
            double[] xs = [.. s_widths.Select(width => Math.Log(width))];
            double[] ys = [.. sizes.Select(ofWidth => Math.Log(ofWidth[step][layer]))];
            (double mx, double my) = (xs.Average(), ys.Average());
            return xs.Zip(ys, (x, y) => (x - mx) * (y - my)).Sum() / xs.Sum(x => (x - mx) * (x - mx));
        }
    }

    private static double MeanSize(Tensor x)
    {
        using Tensor mean = x.detach().abs().mean();
        return mean.item<float>();
    }

    private static string[] Names(nn.Module model, IEnumerable<Parameter> parameters)
    {
        HashSet<IntPtr> handles = [.. parameters.Select(p => p.Handle)];
        return [.. model.named_parameters().Where(p => handles.Contains(p.parameter.Handle)).Select(p => p.name)];
    }

    private static Sequential Mlp(long width) =>
        nn.Sequential(
            ("fc1", nn.Linear(16, width)),
            ("fc2", nn.Linear(width, width)),
            ("fc3", nn.Linear(width, width)),
            ("readout", nn.Linear(width, 4))
        );
}
