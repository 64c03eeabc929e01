using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Searches over scales: <c>metainit</c> and <c>gradinit</c>.</summary>
public sealed class ScaleSearchTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>
    /// L = (a b)^2 / 2 for weights a and b of one element: g = (a b^2, a^2 b), H = [[b^2, 2ab], [2ab, a^2]],
    /// H g = (a b^4 + 2 a^3 b^2, 2 a^2 b^3 + a^4 b), so |H g / g| is b^2 + 2 a^2 and 2 b^2 + a^2: the quotient is
    /// 3 (a^2 + b^2) / 2, least at 0.
    /// </summary>
    [Fact]
    public void The_gradient_quotient_is_that_of_the_formula()
    {
        Sequential model = nn.Sequential(nn.Linear(1, 1, hasBias: false), nn.Linear(1, 1, hasBias: false));
        Tensor Loss() => model.call(ones(1, 1)).pow(2).mul(0.5).sum();

        DataFit fit = Assert.Single(
            model
                .Initialize(
                    Recipe.Of(Initializer.MetaInit(steps: 8, learningRate: 2e-4, epsilon: 1e-12)),
                    seed: 3,
                    Loss
                )
                .Fits
        );

        double a = TestTensors.Drawn("he_normal", TensorDescription.Dense(1, 1), 3, "0.weight")[0];
        double b = TestTensors.Drawn("he_normal", TensorDescription.Dense(1, 1), 3, "1.weight")[0];
        FitMeasure quotient = Assert.Single(fit.Measures);
        Assert.Equal("gradient quotient", quotient.Name);
        Assert.Equal(1.5 * ((a * a) + (b * b)), quotient.Before, 1e-6);
        // Both derivatives are positive: 8 steps of momentum 0.9, the k-th of 0.0002 (1 - 0.9^k) / 0.1.
        double way = Enumerable.Range(1, 8).Sum(k => 0.002 * (1 - Math.Pow(0.9, k)));
        Assert.Equal(Math.Abs(a) - way, Math.Abs(model.Values("0.weight")[0]), 1e-5);
        Assert.Equal(Math.Abs(b) - way, Math.Abs(model.Values("1.weight")[0]), 1e-5);
        Assert.Equal(Math.Sign(a), Math.Sign(model.Values("0.weight")[0]));
        Assert.Equal(1.5 * (Math.Pow(Math.Abs(a) - way, 2) + Math.Pow(Math.Abs(b) - way, 2)), quotient.After, 1e-6);
        Assert.Equal((9, 9), (fit.Passes, fit.MostPasses));
        Assert.Equal(["0.weight", "1.weight"], fit.Parameters.Select(p => p.Name));
        Assert.Equal(Math.Abs(a), fit.Parameters[0].Before, 1e-6);
        Assert.Equal(Math.Abs(a) - way, fit.Parameters[0].After, 1e-5);
        Assert.Equal("norm", fit.Quantity);
    }

    [Fact]
    public void The_gradient_quotient_of_a_network_that_starts_too_large_falls()
    {
        (nn.Module<Tensor, Tensor> model, Func<Tensor> loss) = Residual();

        InitializationReport report = model.Initialize("metainit(steps=40,start=normal)", seed: 3, loss);

        FitMeasure quotient = Assert.Single(report.Fits[0].Measures);
        Assert.True(quotient.After < quotient.Before / 2, $"{quotient}");
        Assert.Equal(["idle.weight"], report.NotReached);
        foreach (FittedParameter fitted in report.Fits[0].Parameters.Where(p => p.Reached))
        {
            Assert.Equal(fitted.After, Math.Sqrt(model.Values(fitted.Name).Sum(w => w * w)), 1e-3 * fitted.After);
        }
        Assert.All(model.Values("first.bias"), b => Assert.Equal(0, b));
    }

    /// <summary>
    /// L = (m w x - y)^2 / 2 with w, x, y numbers: everything is known. The gradient by the weight u = m w is
    /// (u x - y) x; a step of rate r makes the residual (u x - y)(1 - r x^2).
    /// </summary>
    [Fact]
    public void Scales_go_where_the_loss_after_a_step_is_least()
    {
        Linear model = nn.Linear(1, 1, hasBias: false);
        Tensor Loss() => model.call(full(1, 1, 0.5f)).sub(full(1, 1, 0.1f)).pow(2).mul(0.5).sum();

        DataFit fit = Assert.Single(
            model
                .Initialize(
                    Recipe.Of(Initializer.GradInit(stepSize: 0.2, gamma: 10, steps: 100, learningRate: 0.05)),
                    seed: 3,
                    Loss
                )
                .Fits
        );

        double w = TestTensors.Drawn("he_normal", TensorDescription.Dense(1, 1), 3, "weight")[0];
        double residual = (0.5 * w) - 0.1;
        Assert.Equal(0.5 * Math.Pow(residual * (1 - (0.2 * 0.25)), 2), fit.Measures[0].Before, 1e-6);
        Assert.Equal(Math.Abs(residual * 0.5), fit.Measures[1].Before, 1e-6);
        // The best scale makes u x = y, or is the least allowed where w has the other sign.
        double scale = Math.Max(0.01, 0.2 / w);
        Assert.Equal(scale, fit.Parameters[0].After, 0.02 * scale);
        Assert.Equal(w * fit.Parameters[0].After, model.Values("weight")[0], 1e-6);
        Assert.Equal((302, 302), (fit.MostPasses, fit.Passes));
        Assert.True(fit.Parameters[0].Reached);
    }

    [Theory]
    [InlineData("sgd", 1)]
    [InlineData("adam", 40)]
    public void The_loss_after_one_step_falls_and_the_gradient_keeps_to_its_bound(string optimizer, double gamma)
    {
        const double Rate = 0.01;
        (nn.Module<Tensor, Tensor> model, Func<Tensor> loss) = Residual();
        string text =
            $"gradinit(optimizer={optimizer},step_size={NumberExpression(Rate)},gamma={NumberExpression(gamma)},steps=60,learning_rate=0.05,start=normal)";

        InitializationReport report = model.Initialize(text, seed: 3, loss);

        DataFit fit = Assert.Single(report.Fits);
        Assert.Equal(["loss after one step", "gradient norm"], fit.Measures.Select(m => m.Name));
        Assert.True(fit.Measures[0].After < fit.Measures[0].Before, $"{fit.Measures[0]}");
        Assert.True(fit.Measures[1].Before > gamma, $"{fit.Measures[1]}");
        Assert.True(fit.Measures[1].After <= gamma, $"{fit.Measures[1]}");
        Assert.Equal(["idle.weight"], report.NotReached);
        Assert.InRange(fit.Passes, 3, fit.MostPasses);
        Assert.All(fit.Parameters.Where(p => p.Reached), p => Assert.True(p.After >= 0.01));
        // Once more by torch's own backward pass and a step by hand.
        loss().backward();
        Parameter[] trained = [.. model.parameters().Where(p => p.grad is not null)];
        double[] g = [.. trained.SelectMany(p => p.grad!.Values())];
        double norm = optimizer == "sgd" ? Math.Sqrt(g.Sum(x => x * x)) : g.Sum(Math.Abs);
        Assert.Equal(norm, fit.Measures[1].After, 1e-4 * norm);
        using (no_grad())
        {
            foreach (Parameter parameter in trained)
            {
                parameter.sub_((optimizer == "sgd" ? parameter.grad! : parameter.grad!.sign()).mul(Rate));
            }
        }
        Assert.Equal(loss().Values()[0], fit.Measures[0].After, 1e-4);

        static string NumberExpression(double value) =>
            value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_bound_that_is_out_of_reach_is_told()
    {
        (nn.Module<Tensor, Tensor> model, Func<Tensor> loss) = Residual();

        InitializationReport report = model.Initialize("gradinit(gamma=1e-9,steps=3)", seed: 3, loss);

        Assert.Equal(report.Fits[0].Parameters.Select(p => p.Name), report.NotReached);
        Assert.True(report.Fits[0].Measures[1].After <= report.Fits[0].Measures[1].Before);
    }

    [Fact]
    public void Batch_normalization_uses_the_batch_and_keeps_its_statistics()
    {
        BatchNorm1d normalization = nn.BatchNorm1d(8);
        Sequential model = nn.Sequential(nn.Linear(6, 8), normalization, nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3));
        Tensor batch = TestTensors.Normal("batch", 32, 6).mul(9);
        var modes = new HashSet<(bool, bool)>();

        InitializationReport report = model.Initialize(
            "gradinit(steps=3)",
            seed: 3,
            () =>
            {
                modes.Add((normalization.training, model.training));
                return model.call(batch).pow(2).mean();
            }
        );

        Assert.Equal([(true, false)], modes);
        Assert.True(model.training);
        Assert.All(normalization.running_mean!.Values(), v => Assert.Equal(0, v));
        // Its scale doesn't matter before a normalization, so neither does the size of the first weight's inputs.
        Assert.InRange(report.Fits[0].Measures[0].Before, 0, 3);
    }

    [Theory]
    [InlineData("metainit")]
    [InlineData("gradinit")]
    public void They_need_a_loss(string initializer)
    {
        Linear model = nn.Linear(3, 4);
        double[] before = model.Values("weight");
        Recipe recipe = Recipe.Of(Initializer.Parse(initializer));
        Action forward = () => model.call(ones(2, 3));
        string message =
            $"{initializer} needs a loss: give Initialize a function that passes a batch through the model and returns its loss, one number";

        Assert.Equal(message, Assert.Throws<RecipeException>(() => model.Initialize(initializer, seed: 1)).Message);
        Assert.Equal(
            message,
            Assert.Throws<RecipeException>(() => model.Initialize(initializer, seed: 1, ones(2, 3))).Message
        );
        Assert.Equal(message, Assert.Throws<RecipeException>(() => model.Initialize(recipe, seed: 1, forward)).Message);
        Assert.Equal(before, model.Values("weight"));
        Assert.Equal(
            $"{initializer} needs a loss of one number, but the function returned a tensor of shape [2, 4]; reduce it, for example by its mean.",
            Assert
                .Throws<InvalidOperationException>(() =>
                    model.Initialize(recipe, seed: 1, () => model.call(ones(2, 3)))
                )
                .Message
        );
        Assert.Contains(
            "no gradient leads from it",
            Assert
                .Throws<InvalidOperationException>(() =>
                    model.Initialize(recipe, seed: 1, () => model.call(ones(2, 3)).sum().detach())
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_frozen_parameter_stays_and_a_recurrent_layer_is_searched_too()
    {
        LSTM lstm = nn.LSTM(4, 5, batchFirst: true);
        Linear head = nn.Linear(5, 2);
        head.weight.requires_grad = false;
        var model = new TestModule(x => head.call(lstm.call(x).Item1.mean([1])), ("lstm", lstm), ("head", head));
        Tensor batch = TestTensors.Normal("batch", 8, 3, 4);
        double[] before = head.weight.Values();

        foreach (string initializer in new[] { "metainit(steps=3)", "gradinit(steps=3)" })
        {
            InitializationReport report = model.Initialize(initializer, seed: 3, () => model.call(batch).pow(2).mean());

            Assert.Equal(["lstm.weight_ih_l0", "lstm.weight_hh_l0"], report.Fits[0].Parameters.Select(p => p.Name));
            Assert.Equal(before, head.weight.Values());
        }
    }

    [Theory]
    [InlineData("metainit(steps=4)")]
    [InlineData("gradinit(steps=4)")]
    [InlineData("gradinit(steps=4,optimizer=adam,gamma=1000)")]
    public void Two_runs_are_the_same_and_leave_nothing_behind(string initializer)
    {
        // TorchSharp counts the handle that stands for no gradient as a tensor.
        (nn.Module<Tensor, Tensor> model, Func<Tensor> loss) = Residual(withIdle: false);
        model.Initialize(initializer, seed: 3, loss);
        Dictionary<string, double[]> first = model.Snapshot();
        model.Initialize(initializer, seed: 4, loss);
        using (new LeakCheck(initializer))
        {
            model.Initialize(initializer, seed: 3, loss);
        }
        Assert.All(model.Snapshot(), p => Assert.Equal(first[p.Key], p.Value));
        Assert.All(model.parameters(), p => Assert.Null(p.grad));
        Assert.True(model.training);
    }

    private static (nn.Module<Tensor, Tensor> Model, Func<Tensor> Loss) Residual(bool withIdle = true)
    {
        Linear first = nn.Linear(6, 8);
        Linear shared = nn.Linear(8, 8);
        Linear last = nn.Linear(8, 3);
        (string, object)[] idle = withIdle ? [("idle", nn.Linear(8, 3))] : [];
        var model = new TestModule(
            x =>
            {
                Tensor y = first.call(x);
                y = y + shared.call(y.tanh());
                y = y + shared.call(y.tanh());
                return last.call(y);
            },
            [("first", first), ("shared", shared), ("last", last), .. idle]
        );
        Tensor batch = TestTensors.Normal("batch", 32, 6);
        Tensor target = TestTensors.Normal("target", 32, 3);
        return (model, () => model.call(batch).sub(target).pow(2).mean());
    }
}
