using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Units of mean 0 and variance 1, and ratios of gradient to weight: <c>krahenbuhl</c> and <c>weight_norm</c>.</summary>
public sealed class KrahenbuhlTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("krahenbuhl(equalize=false)")]
    [InlineData("weight_norm")]
    public void Every_unit_gets_mean_0_and_variance_1(string initializer)
    {
        Sequential model = Convolutional();
        Tensor batch = TestTensors.Normal("batch", 32, 3, 8, 8).mul(5).add(2);

        InitializationReport report = model.Initialize(initializer, seed: 3, batch);

        DataFit fit = Assert.Single(report.Fits);
        Assert.Equal(["0.weight", "2.weight", "5.weight"], fit.Parameters.Select(p => p.Name));
        Assert.Empty(report.NotReached);
        Assert.Equal((2, 2), (fit.Passes, fit.MostPasses));
        Tensor x = batch;
        foreach (nn.Module<Tensor, Tensor> layer in model.children().Cast<nn.Module<Tensor, Tensor>>())
        {
            x = layer.call(x);
            if (layer is Linear or Convolution)
            {
                for (int i = 0; i < x.shape[1]; i++)
                {
                    double[] unit = x.select(1, i).Values();
                    Assert.Equal(0, unit.Average(), 1e-4);
                    Assert.Equal(1, unit.Average(v => v * v), 1e-4);
                }
            }
        }
        Assert.All(fit.Parameters, p => Assert.Equal(0, p.Mean, 1e-4));
    }

    [Fact]
    public void Weight_norm_is_the_papers_formula_on_one_layer()
    {
        Linear model = nn.Linear(5, 4);
        Tensor batch = TestTensors.Normal("batch", 40, 5).mul(3).add(1);

        model.Initialize("weight_norm", seed: 3, batch);

        double[] v = TestTensors.Drawn("normal(std=0.05)", TensorDescription.Dense(4, 5), 3, "weight");
        double[] x = batch.Values();
        for (int unit = 0; unit < 4; unit++)
        {
            double[] row = v[(unit * 5)..((unit + 1) * 5)];
            double length = Math.Sqrt(row.Sum(e => e * e));
            double[] t =
            [
                .. Enumerable.Range(0, 40).Select(n => row.Select((e, i) => e * x[(n * 5) + i]).Sum() / length),
            ];
            double mean = t.Average();
            double deviation = Math.Sqrt(t.Average(e => (e - mean) * (e - mean)));
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(row[i] / length / deviation, model.Values("weight")[(unit * 5) + i], 1e-5);
            }
            Assert.Equal(-mean / deviation, model.Values("bias")[unit], 1e-5);
        }
    }

    [Fact]
    public void A_chain_of_homogeneous_activations_gets_equal_ratios_in_one_step_and_keeps_its_output()
    {
        Tensor batch = TestTensors.Normal("batch", 32, 3, 8, 8).mul(5).add(2);
        Sequential normalized = Convolutional();
        normalized.Initialize("krahenbuhl(equalize=false)", seed: 3, batch);
        Sequential model = Convolutional();

        InitializationReport report = model.Initialize("krahenbuhl(tolerance=1e-3)", seed: 3, batch);

        Assert.All(
            normalized.call(batch).Values().Zip(model.call(batch).Values()),
            p => Assert.Equal(p.First, p.Second, 1e-3)
        );
        DataFit ratios = report.Fits[1];
        Assert.All(ratios.Parameters, p => Assert.Equal(1, p.Tries));
        Assert.All(ratios.Parameters, p => Assert.Equal(1, p.After, 1e-3));
        Assert.Contains(ratios.Parameters, p => Math.Abs(p.Before - 1) > 0.1);
        Assert.Equal((4, 21), (1 + ratios.Passes, ratios.MostPasses));
        Assert.Empty(report.NotReached);
        Assert.NotEqual(normalized.Values("0.weight"), model.Values("0.weight"));
    }

    [Fact]
    public void With_a_loss_the_ratios_are_those_of_its_gradients()
    {
        Sequential model = nn.Sequential(nn.Linear(6, 20), nn.Tanh(), nn.Linear(20, 9), nn.Sigmoid(), nn.Linear(9, 3));
        Tensor batch = TestTensors.Normal("batch", 50, 6);
        Tensor Loss() => model.call(batch).sub(TestTensors.Normal("target", 50, 3)).pow(2).mean();

        InitializationReport report = model.Initialize(Recipe.Of(Initializer.Krahenbuhl(0.02)), seed: 3, Loss);

        Assert.Empty(report.NotReached.Except(report.Fits[0].Parameters.Select(p => p.Name)));
        Assert.All(report.Fits[1].Parameters, p => Assert.True(p.Reached));
        string[] names = ["0.weight", "2.weight", "4.weight"];
        Loss().backward();
        double[] ratios =
        [
            .. names.Select(name =>
            {
                Parameter weight = model.get_parameter(name)!;
                return Math.Sqrt(weight.grad!.Values().Sum(g => g * g) / weight.Values().Sum(w => w * w));
            }),
        ];
        double mean = Math.Pow(ratios[0] * ratios[1] * ratios[2], 1.0 / 3);
        Assert.All(ratios, ratio => Assert.Equal(1, ratio / mean, 0.021));
        Assert.InRange(report.Fits[1].Passes, 3, report.Fits[1].MostPasses);
    }

    [Fact]
    public void A_residual_network_with_a_shared_layer_gets_equal_ratios_too()
    {
        Linear first = nn.Linear(6, 8);
        Linear shared = nn.Linear(8, 8);
        Linear last = nn.Linear(8, 3);
        var model = new TestModule(
            x =>
            {
                Tensor y = first.call(x);
                y = y + shared.call(nn.functional.relu(y));
                y = y + shared.call(nn.functional.relu(y));
                return last.call(y);
            },
            ("last", last),
            ("shared", shared),
            ("first", first)
        );

        InitializationReport report = model.Initialize("krahenbuhl", seed: 3, TestTensors.Normal("batch", 64, 6));

        Assert.Equal(["first.weight", "shared.weight", "last.weight"], report.Fits[1].Parameters.Select(p => p.Name));
        Assert.All(report.Fits[1].Parameters, p => Assert.True(p.Reached));
        Assert.InRange(report.Fits[1].Passes, 3, report.Fits[1].MostPasses);
    }

    [Fact]
    public void What_is_kept_frozen_or_never_run_is_left_and_told()
    {
        Linear frozen = nn.Linear(6, 6);
        Linear kept = nn.Linear(6, 6);
        Linear bare = nn.Linear(6, 6, hasBias: false);
        Linear idle = nn.Linear(6, 6);
        foreach (Parameter parameter in frozen.parameters())
        {
            parameter.requires_grad = false;
        }
        LSTM lstm = nn.LSTM(6, 6, batchFirst: true);
        var model = new TestModule(
            x => bare.call(kept.call(lstm.call(frozen.call(x).unsqueeze(1)).Item1.squeeze(1))),
            ("frozen", frozen),
            ("kept", kept),
            ("bare", bare),
            ("idle", idle),
            ("lstm", lstm)
        );
        Tensor batch = TestTensors.Normal("batch", 64, 6).add(3);
        double[] weight = frozen.weight.Values();
        double[] bias = kept.bias!.Values();

        InitializationReport report = model.Initialize(
            Recipe.Of(Initializer.WeightNorm()).With(Rule.Keep("kept.bias")),
            seed: 3,
            () => model.call(batch)
        );

        Assert.Equal(weight, frozen.weight.Values());
        Assert.Equal(bias, kept.bias!.Values());
        Assert.Equal(
            ["kept.weight", "bare.weight", "idle.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0"],
            report.Fits[0].Parameters.Select(p => p.Name)
        );
        // Their variances are 1, but their means have no bias to go to.
        Assert.All(report.Fits[0].Parameters.Take(2), p => Assert.Equal(1, p.After, 1e-3));
        Assert.All(report.Fits[0].Parameters.Take(2), p => Assert.True(Math.Abs(p.Mean) > 0.05));
        Assert.Equal(report.Fits[0].Parameters.Select(p => p.Name), report.NotReached);
        Assert.All(report.Fits[0].Parameters.Skip(2), p => Assert.True(double.IsNaN(p.After)));
    }

    [Fact]
    public void Dead_units_stay_as_they_are()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2));
        Tensor batch = TestTensors.Normal("batch", 20, 3);
        batch[TensorIndex.Colon, 0] = 0;
        Recipe recipe = Recipe
            .Of(Initializer.Krahenbuhl(equalize: false))
            .With(Rule.For("0.weight", Initializer.Krahenbuhl(equalize: false)));

        InitializationReport report = model.Initialize(recipe, seed: 3, () => model.call(batch.mul(0)));

        Assert.Equal(["0.weight", "1.weight"], report.NotReached);
        Assert.Equal(
            TestTensors.Drawn("normal", TensorDescription.Dense(2, 3), 3, "0.weight"),
            model.Values("0.weight")
        );
        Assert.All(report.Fits[0].Parameters, p => Assert.Equal((0, 0), (p.After, p.Tries)));
    }

    [Fact]
    public void Two_initializers_fit_in_one_order()
    {
        Sequential model = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6));
        Recipe recipe = Recipe.Of(Initializer.Lsuv()).With(Rule.For("2.weight", Initializer.WeightNorm()));
        Tensor batch = TestTensors.Normal("batch", 64, 6).mul(4);

        InitializationReport report = model.Initialize(recipe, seed: 3, () => model.call(batch));

        Assert.Equal(["0.weight", "4.weight"], report.Fits[0].Parameters.Select(p => p.Name));
        Assert.Equal("2.weight", Assert.Single(report.Fits[1].Parameters).Name);
        Assert.Empty(report.NotReached);
    }

    [Fact]
    public void An_equalization_needs_something_to_take_gradients_of()
    {
        Linear model = nn.Linear(3, 4);
        double[] before = model.Values("weight");
        Recipe recipe = Recipe.Of(Initializer.Krahenbuhl());
        Action forward = () => model.call(ones(2, 3));

        var error = Assert.Throws<RecipeException>(() => model.Initialize(recipe, seed: 3, forward));

        Assert.Equal(
            "krahenbuhl compares gradients: give Initialize a function that returns the loss or the model's output, or "
                + "take krahenbuhl(equalize=false)",
            error.Message
        );
        Assert.Equal(before, model.Values("weight"));
        Assert.Equal(
            "krahenbuhl needs what the model gives, but the function returned null; return the loss.",
            Assert
                .Throws<InvalidOperationException>(() => model.Initialize(recipe, seed: 3, () => (Tensor)null!))
                .Message
        );
    }

    [Theory]
    [InlineData("krahenbuhl")]
    [InlineData("weight_norm")]
    public void Two_runs_are_the_same_and_leave_nothing_behind(string initializer)
    {
        Sequential model = Convolutional();
        Tensor batch = TestTensors.Normal("batch", 32, 3, 8, 8);
        model.Initialize(initializer, seed: 3, batch);
        Dictionary<string, double[]> first = model.Snapshot();
        model.Initialize(initializer, seed: 4, batch);
        using (new LeakCheck(initializer))
        {
            model.Initialize(initializer, seed: 3, batch);
        }
        Assert.All(model.Snapshot(), p => Assert.Equal(first[p.Key], p.Value));
        Assert.All(model.parameters(), p => Assert.Null(p.grad));
        Assert.Equal(0, model.HookCount());
    }

    private static Sequential Convolutional() =>
        nn.Sequential(
            nn.Conv2d(3, 8, 3, padding: 1),
            nn.ReLU(inplace: true),
            nn.Conv2d(8, 6, 3, padding: 1, groups: 2),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(96, 5)
        );
}
