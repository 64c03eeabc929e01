using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

public sealed class LsuvTests : IDisposable
{
    private const double Tolerance = 0.05;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_deep_network_reaches_unit_variance_in_every_layer()
    {
        Sequential model = nn.Sequential([
            .. Enumerable
                .Range(0, 10)
                .SelectMany(_ => new nn.Module<Tensor, Tensor>[] { nn.Linear(32, 32), nn.ReLU() }),
        ]);
        Tensor batch = TestTensors.Normal("batch", 64, 32);

        InitializationReport report = model.Initialize("lsuv", seed: 3, batch);

        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"{2 * i}.weight"),
            report.Fits[0].Parameters.Select(layer => layer.Name)
        );
        Assert.All(report.Fits[0].Parameters, layer => Assert.True(layer.Reached));
        Tensor x = batch;
        for (int i = 0; i < 10; i++)
        {
            x = model[2 * i].call(x);
            Assert.Equal(Variance(x), report.Fits[0].Parameters[i].After, 1e-4);
            Assert.Equal(1, Variance(x), Tolerance);
            x = model[(2 * i) + 1].call(x);
        }
        // Half of a unit variance passes a ReLU.
        Assert.All(report.Fits[0].Parameters.Skip(1), layer => Assert.InRange(layer.Before, 0.2, 0.8));
    }

    [Fact]
    public void Two_passes_do_whatever_the_depth()
    {
        foreach (int depth in new[] { 2, 20 })
        {
            int passes = 0;
            Sequential model = nn.Sequential([
                .. Enumerable
                    .Range(0, depth)
                    .SelectMany(_ => new nn.Module<Tensor, Tensor>[] { nn.Linear(8, 8), nn.Tanh() }),
            ]);
            Tensor batch = TestTensors.Normal("batch", 32, 8).mul(4);

            InitializationReport report = model.Initialize(
                Recipe.Of(Initializer.Lsuv()),
                seed: 3,
                () =>
                {
                    passes++;
                    return model.call(batch);
                }
            );

            Assert.Equal((2, 2, 2), (passes, report.Fits[0].Passes, report.Fits[0].MostPasses));
            Assert.Empty(report.NotReached);
            Assert.Equal("variance", report.Fits[0].Quantity);
            Assert.Equal(Initializer.Lsuv(), report.Fits[0].Initializer);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void By_channel_every_unit_reaches_it(bool center)
    {
        Sequential model = nn.Sequential(
            nn.Conv2d(3, 6, 3, groups: 3),
            nn.ReLU(),
            nn.ConvTranspose2d(6, 4, 2, stride: 2, groups: 2),
            nn.Flatten(),
            nn.Linear(144, 5)
        );
        Tensor batch = TestTensors.Normal("batch", 64, 3, 5, 5).mul(3).add(1);

        InitializationReport report = model.Initialize(
            Recipe.Of(Initializer.Lsuv(tolerance: 1e-3, per: VarianceScope.Channel, center: center)),
            seed: 3,
            () => model.call(batch)
        );

        Assert.Empty(report.NotReached);
        Tensor x = batch;
        for (int i = 0; i < 5; i++)
        {
            x = model[i].call(x);
            if (i is 0 or 2 or 4)
            {
                (double[] means, double[] variances) = Units(x);
                Assert.All(variances, v => Assert.Equal(1, v, 1e-3));
                Assert.Equal(center, means.All(m => Math.Abs(m) <= 1e-3));
                Assert.Equal(means.MaxBy(Math.Abs), report.Fits[0].Parameters[i / 2].Mean, 1e-5);
            }
        }
        Assert.Equal(center, model.Values("0.bias").Any(b => b != 0));
    }

    [Fact]
    public void Skips_carry_what_they_will_carry_afterwards()
    {
        Linear[] layers = [nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 6)];
        var outputs = new List<Tensor>();
        var model = new TestModule(
            x =>
            {
                outputs.Clear();
                foreach (Linear layer in layers)
                {
                    Tensor y = layer.call(nn.functional.relu(x));
                    outputs.Add(y);
                    x = x + y;
                }
                return x;
            },
            ("a", layers[2]),
            ("b", layers[0]),
            ("c", layers[1])
        );
        Tensor batch = TestTensors.Normal("batch", 64, 6).mul(5);

        InitializationReport report = model.Initialize("lsuv", seed: 3, batch);

        Assert.Equal(["b.weight", "c.weight", "a.weight"], report.Fits[0].Parameters.Select(p => p.Name));
        model.call(batch);
        Assert.All(outputs, y => Assert.Equal(1, Variance(y), Tolerance));
    }

    [Fact]
    public void A_tied_weight_is_fitted_where_it_first_runs()
    {
        Linear owner = nn.Linear(6, 6);
        Linear other = nn.Linear(6, 6);
        other.weight = owner.weight;
        var model = new TestModule(x => owner.call(other.call(x).mul(7)), ("owner", owner), ("other", other));
        Tensor batch = TestTensors.Normal("batch", 64, 6).mul(3);

        FittedParameter layer = Assert.Single(model.Initialize("lsuv", seed: 3, batch).Fits[0].Parameters);

        Assert.True(layer.Reached);
        Assert.Equal(1, Variance(other.call(batch)), Tolerance);
    }

    [Fact]
    public void What_a_hook_of_the_users_makes_of_an_output_is_reported_as_it_is()
    {
        Sequential model = nn.Sequential(nn.Linear(6, 6), nn.Linear(6, 6));
        ((Linear)model[0]).register_forward_hook((_, _, output) => output.mul(10));
        Tensor batch = TestTensors.Normal("batch", 64, 6);

        InitializationReport report = model.Initialize("lsuv", seed: 3, batch);

        Assert.Equal(["0.weight", "1.weight"], report.NotReached);
        // Each is fitted to 1 first, by what its hook doesn't see.
        Assert.Equal(100, report.Fits[0].Parameters[0].After, 100 * Tolerance);
        Assert.Equal(100, report.Fits[0].Parameters[1].After, 100 * Tolerance);
    }

    [Fact]
    public void The_directions_are_those_of_the_orthogonal_start()
    {
        Sequential model = nn.Sequential(nn.Linear(8, 6), nn.Linear(6, 5));

        model.Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 50, 8));

        double[] start = TestTensors.Drawn("orthogonal", TensorDescription.Dense(6, 8), 3, "0.weight");
        double[] scaled = model.Values("0.weight");
        double factor = scaled[0] / start[0];
        Assert.All(start.Zip(scaled), pair => Assert.Equal(pair.First * factor, pair.Second, 1e-6));
    }

    [Fact]
    public void A_convolution_network_reaches_it_too()
    {
        Sequential model = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding: 1),
            nn.ReLU(inplace: true),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 8, 3, padding: 1, groups: 2),
            nn.Tanh(),
            nn.ConvTranspose2d(8, 4, 2, stride: 2),
            nn.Flatten(),
            nn.Linear(256, 5)
        );

        InitializationReport report = model.Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 16, 3, 8, 8));

        Assert.Equal(
            ["0.weight", "3.weight", "5.weight", "7.weight"],
            report.Fits[0].Parameters.Select(layer => layer.Name)
        );
        Assert.All(report.Fits[0].Parameters, layer => Assert.True(layer.Reached));
        Assert.All(report.Fits[0].Parameters, layer => Assert.Equal(1, layer.After, Tolerance));
    }

    [Fact]
    public void Layers_are_scaled_in_order_of_execution()
    {
        Linear last = nn.Linear(6, 2);
        Linear first = nn.Linear(4, 6);
        var model = new TestModule(x => last.call(nn.functional.relu(first.call(x))), ("a", last), ("b", first));
        Tensor batch = TestTensors.Normal("batch", 64, 4);

        InitializationReport report = model.Initialize("lsuv", seed: 3, batch);

        Assert.Equal(["b.weight", "a.weight"], report.Fits[0].Parameters.Select(layer => layer.Name));
        Assert.All(report.Fits[0].Parameters, layer => Assert.True(layer.Reached));
        Assert.Equal(1, Variance(model.call(batch)), Tolerance);
    }

    [Fact]
    public void A_shared_layer_is_scaled_once_by_its_first_output()
    {
        Linear shared = nn.Linear(6, 6);
        Sequential model = nn.Sequential(("one", shared), ("relu", nn.ReLU()), ("two", shared));
        Tensor batch = TestTensors.Normal("batch", 64, 6).mul(3);

        InitializationReport report = model.Initialize("lsuv", seed: 3, batch);

        FittedParameter layer = Assert.Single(report.Fits[0].Parameters);
        Assert.True(layer.Reached);
        Assert.Equal(9, layer.Before, 1.5);
        Assert.Equal(1, Variance(shared.call(batch)), Tolerance);
    }

    [Fact]
    public void What_cannot_be_reached_is_reported()
    {
        Linear called = nn.Linear(4, 4);
        Linear hidden = nn.Linear(4, 4);
        Linear idle = nn.Linear(4, 4);
        var model = new TestModule(
            x => hidden.forward(called.call(x)),
            ("called", called),
            ("hidden", hidden),
            ("idle", idle)
        );

        InitializationReport report = model.Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 64, 4));

        Assert.Equal(
            ["called.weight", "hidden.weight", "idle.weight"],
            report.Fits[0].Parameters.Select(layer => layer.Name)
        );
        Assert.Equal([true, false, false], report.Fits[0].Parameters.Select(layer => layer.Reached));
        Assert.True(double.IsNaN(report.Fits[0].Parameters[1].Before));
        Assert.Equal(
            TestTensors.Drawn("orthogonal", TensorDescription.Dense(4, 4), 3, "hidden.weight"),
            hidden.weight.Values()
        );
    }

    [Fact]
    public void Without_a_signal_the_start_is_kept()
    {
        Linear model = nn.Linear(4, 4);

        FittedParameter layer = Assert.Single(model.Initialize("lsuv", seed: 3, zeros(8, 4)).Fits[0].Parameters);

        Assert.Equal(new FittedParameter("weight", 0, 0, 0, false) { Mean = 0 }, layer);
        Assert.Equal(
            TestTensors.Drawn("orthogonal", TensorDescription.Dense(4, 4), 3, "weight"),
            model.Values("weight")
        );
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e-41f)]
    public void A_signal_out_of_range_leaves_finite_weights(float input)
    {
        Linear model = nn.Linear(4, 4);
        Tensor batch = TestTensors.Normal("batch", 8, 4).mul(input);

        FittedParameter layer = Assert.Single(model.Initialize("lsuv", seed: 3, batch).Fits[0].Parameters);

        Assert.False(layer.Reached);
        Assert.All(model.Values("weight"), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Too_few_tries_are_reported()
    {
        // Biases of variance 100 are no weight's to make up for.
        Linear model = nn.Linear(4, 40);
        Recipe recipe = Recipe
            .Of(Initializer.Parse("lsuv(max_tries=3)"))
            .With(Rule.For("bias", Initializer.Parse("normal(std=10)")));
        Tensor batch = TestTensors.Normal("batch", 64, 4);

        FittedParameter layer = Assert.Single(
            model.Initialize(recipe, seed: 3, () => model.call(batch)).Fits[0].Parameters
        );

        Assert.Equal((3, false), (layer.Tries, layer.Reached));
        Assert.InRange(layer.After, 30, layer.Before);
    }

    [Fact]
    public void Layers_with_several_weights_inside_are_reported_and_not_scaled()
    {
        var model = new TestModule(x => x, ("block", nn.TransformerEncoderLayer(6, 2, 10, dropout: 0)));
        var encoder = (TransformerEncoderLayer)model.children().Single();
        model = new TestModule(x => encoder.call(x), ("block", encoder));

        InitializationReport report = model.Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 5, 8, 6).mul(4));

        Assert.NotEmpty(report.Fits[0].Parameters);
        Assert.All(report.Fits[0].Parameters, layer => Assert.False(layer.Reached));
        Assert.Equal(
            TestTensors.Drawn("orthogonal", TensorDescription.Dense(10, 6), 3, "block.linear1.weight"),
            model.Values("block.linear1.weight")
        );
    }

    [Fact]
    public void Each_module_keeps_its_mode_and_batch_normalization_its_statistics()
    {
        BatchNorm1d frozen = nn.BatchNorm1d(6);
        BatchNorm1d running = nn.BatchNorm1d(6);
        Dropout dropout = nn.Dropout(0.9);
        Sequential inner = nn.Sequential(nn.Linear(6, 6), frozen);
        Sequential model = nn.Sequential(nn.Linear(4, 6), running, dropout, inner);
        frozen.eval();

        InitializationReport report = model.Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 64, 4).add(2));

        Assert.All(report.Fits[0].Parameters, layer => Assert.True(layer.Reached));
        Assert.Equal(
            [true, true, true, true, false],
            new nn.Module[] { model, running, dropout, inner, frozen }.Select(module => module.training)
        );
        foreach (BatchNorm1d layer in new[] { frozen, running })
        {
            Assert.All(layer.running_mean!.Values(), value => Assert.Equal(0, value));
            Assert.All(layer.running_var!.Values(), value => Assert.Equal(1, value));
        }
        model.eval();
        model.Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 64, 4));
        Assert.False(model.training);
    }

    [Fact]
    public void An_error_in_the_users_function_leaves_no_hook_and_no_mode_behind()
    {
        Sequential model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4));
        int calls = 0;
        int hooks = 0;
        Recipe recipe = Recipe.Of(Initializer.Parse("lsuv"));

        Assert.Throws<TimeoutException>(() =>
            model.Initialize(
                recipe,
                seed: 3,
                () =>
                {
                    model.call(ones(2, 4));
                    hooks += model.HookCount();
                    if (++calls == 2)
                    {
                        throw new TimeoutException();
                    }
                }
            )
        );

        Assert.Equal(2 + 2, hooks);
        Assert.True(model.training);
        Assert.True(is_grad_enabled());
        Assert.Equal(0, model.HookCount());
    }

    [Fact]
    public void Half_precision_and_float64_reach_it()
    {
        foreach (ScalarType type in new[] { ScalarType.BFloat16, ScalarType.Float64 })
        {
            Linear model = nn.Linear(16, 16, dtype: type);
            FittedParameter layer = Assert.Single(
                model
                    .Initialize("lsuv", seed: 3, TestTensors.Normal("batch", 64, 16).mul(7).to(type))
                    .Fits[0]
                    .Parameters
            );
            Assert.True(layer.Reached);
        }
    }

    /// <summary>Of each index of axis 1, as .NET counts.</summary>
    private static (double[] Means, double[] Variances) Units(Tensor output)
    {
        double[][] units = [.. Enumerable.Range(0, (int)output.shape[1]).Select(i => output.select(1, i).Values())];
        return (
            [.. units.Select(u => u.Average())],
            [.. units.Select(u => u.Average(v => v * v) - (u.Average() * u.Average()))]
        );
    }

    private static double Variance(Tensor tensor)
    {
        double[] values = tensor.Values();
        double mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }
}
