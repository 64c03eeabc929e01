using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class SignalProbeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rms_forward_and_backward_are_those_computed_by_hand(bool inplace)
    {
        int[] widths = [5, 7, 6, 3];
        Sequential model = nn.Sequential(
            nn.Linear(5, 7),
            nn.ReLU(inplace),
            nn.Linear(7, 6),
            nn.ReLU(inplace),
            nn.Linear(6, 3)
        );
        model.Initialize(
            Recipe.Of(Initializer.Parse("he_normal")).With(Rule.For("*.bias", Initializer.Constant(0.1))),
            3
        );
        Tensor batch = TestTensors.Normal("batch", 9, 5);

        SignalMeasurement signal = SignalProbe.Measure(model, batch, output => output.square().mean());

        // y_l = W_l x_(l-1) + b, x_l = max(y_l, 0); the loss is the mean of y_3^2; back from d loss / d y_3 = 2 y_3 / n.
        double[][] inputs = new double[3][];
        double[][] outputs = new double[3][];
        double[] x = batch.Values();
        for (int layer = 0; layer < 3; layer++)
        {
            inputs[layer] = x;
            outputs[layer] = Times(x, model.Values($"{2 * layer}.weight"), widths[layer], widths[layer + 1]);
            for (int i = 0; i < outputs[layer].Length; i++)
            {
                outputs[layer][i] += model.Values($"{2 * layer}.bias")[i % widths[layer + 1]];
            }
            x = [.. outputs[layer].Select(y => Math.Max(y, 0))];
        }
        double[][] gradients = new double[3][];
        gradients[2] = [.. outputs[2].Select(y => 2 * y / outputs[2].Length)];
        for (int layer = 1; layer >= 0; layer--)
        {
            double[] back = TimesTransposed(
                gradients[layer + 1],
                model.Values($"{2 * (layer + 1)}.weight"),
                widths[layer + 1],
                widths[layer + 2]
            );
            gradients[layer] = [.. back.Zip(outputs[layer], (g, y) => y > 0 ? g : 0)];
        }
        Assert.Equal(["0", "2", "4"], signal.Layers.Select(layer => layer.Name));
        Assert.Empty(signal.Unseen);
        Assert.Equal(outputs[2].Average(y => y * y), signal.Loss, 1e-5);
        for (int layer = 0; layer < 3; layer++)
        {
            Assert.Equal(1, signal.Layers[layer].Activations.Rms / Rms(outputs[layer]), 1e-5);
            Assert.Equal(1, signal.Layers[layer].Gradients!.Rms / Rms(gradients[layer]), 1e-5);
        }
        int dead = Enumerable.Range(0, 7).Count(unit => outputs[0].Where((_, i) => i % 7 == unit).All(y => y <= 0));
        Assert.Equal(dead / 7.0, signal.Layers[0].DeadShare!.Value, 1e-12);
        Assert.Null(signal.Layers[0].SaturatedShare);
        Assert.Null(signal.Layers[2].DeadShare);
    }

    [Fact]
    public void It_measures_whatever_the_gradient_mode()
    {
        Linear model = nn.Linear(3, 2);
        using (no_grad())
        {
            Assert.NotNull(SignalProbe.Measure(model, ones(2, 3), output => output.sum()).Layers[0].Gradients);
            Assert.False(is_grad_enabled());
        }
    }

    [Fact]
    public void The_model_is_left_as_it_was()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2));
        Tensor batch = TestTensors.Normal("batch", 6, 3).add(5);
        Dictionary<string, double[]> weights = model.Snapshot();
        Dictionary<string, double[]> buffers = Buffers(model);

        SignalProbe.Measure(model, batch, output => output.sum());
        Assert.Throws<TimeoutException>(() => SignalProbe.Measure(model, batch, _ => throw new TimeoutException()));

        Assert.True(model.training);
        Assert.Equal(0, model.HookCount());
        Assert.All(model.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.Equal(weights, model.Snapshot());
        Assert.Equal(buffers, Buffers(model));

        static Dictionary<string, double[]> Buffers(nn.Module model) =>
            model.named_buffers().ToDictionary(b => b.name, b => b.buffer.Values());
    }

    [Fact]
    public void A_scope_in_forward_does_no_harm()
    {
        Linear layer = nn.Linear(3, 2);
        var model = new TestModule(
            x =>
            {
                using var scope = NewDisposeScope();
                return layer.call(x).tanh().MoveToOuterDisposeScope();
            },
            ("layer", layer)
        );
        Tensor batch = ones(2, 3);
        SignalProbe.Measure(model, batch, output => output.sum());
        using (new LeakCheck("a probe"))
        {
            Assert.NotNull(SignalProbe.Measure(model, batch, output => output.sum()).Layers[0].Gradients);
        }
    }

    [Fact]
    public void A_gradient_that_was_there_stays()
    {
        Linear model = nn.Linear(3, 2);
        model.call(ones(2, 3)).sum().backward();
        double[] before = model.weight.grad!.Values();

        SignalProbe.Measure(model, ones(2, 3), output => output.sum());

        Assert.Equal(before, model.weight.grad!.Values());
    }

    [Fact]
    public void Layers_out_of_sight_are_listed()
    {
        Linear called = nn.Linear(4, 4);
        Linear hidden = nn.Linear(4, 4);
        var lstm = nn.LSTM(4, 4);
        var model = new TestModule(
            x => hidden.forward(lstm.call(called.call(x)).Item1),
            ("called", called),
            ("hidden", hidden),
            ("idle", nn.Conv2d(1, 1, 1)),
            ("lstm", lstm),
            ("norm", nn.LayerNorm(4))
        );

        SignalMeasurement signal = SignalProbe.Measure(model, TestTensors.Normal("x", 3, 2, 4), output => output.sum());

        Assert.Equal(["called"], signal.Layers.Select(layer => layer.Name));
        Assert.Equal(["hidden", "idle", "lstm"], signal.Unseen);
    }

    [Fact]
    public void A_layer_that_runs_twice_appears_twice_and_order_is_that_of_execution()
    {
        Linear a = nn.Linear(4, 4);
        Linear b = nn.Linear(4, 4);
        var model = new TestModule(x => b.call(a.call(b.call(x))), ("a", a), ("b", b));

        SignalMeasurement signal = SignalProbe.Measure(model, ones(2, 4), output => output.sum());

        Assert.Equal(["b", "a", "b"], signal.Layers.Select(layer => layer.Name));
        Assert.All(signal.Layers, layer => Assert.NotNull(layer.Gradients));
    }

    [Fact]
    public void Where_no_gradient_arrives_there_is_none()
    {
        Linear cut = nn.Linear(4, 4);
        Linear last = nn.Linear(4, 4);
        var model = new TestModule(x => last.call(cut.call(x).detach()), ("cut", cut), ("last", last));

        SignalMeasurement signal = SignalProbe.Measure(model, ones(2, 4), output => output.sum());

        Assert.Null(signal.Layers[0].Gradients);
        Assert.NotNull(signal.Layers[1].Gradients);
        foreach (Parameter parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
        Assert.All(
            SignalProbe.Measure(model, ones(2, 4), output => output.sum()).Layers,
            layer => Assert.Null(layer.Gradients)
        );
    }

    [Fact]
    public void A_residual_connection_adds_its_gradients()
    {
        Linear a = nn.Linear(2, 2, hasBias: false);
        Linear b = nn.Linear(2, 2, hasBias: false);
        var model = new TestModule(
            x =>
            {
                Tensor h = a.call(x);
                return h + b.call(h.relu());
            },
            ("a", a),
            ("b", b)
        );
        model.Initialize(Recipe.Of(Initializer.Ones), seed: 3);

        // h = 2 for both units; d loss / d h = 1 + 2.
        SignalMeasurement signal = SignalProbe.Measure(model, ones(1, 2), output => output.sum());

        Assert.Equal(2, signal.Layers[0].Activations.Rms, 1e-6);
        Assert.Equal(3, signal.Layers[0].Gradients!.Rms, 1e-6);
        Assert.Equal(1, signal.Layers[1].Gradients!.Rms, 1e-6);
        Assert.Equal(2 * (2 + 4), signal.Loss, 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Infinity_and_NaN_are_told(float value)
    {
        Sequential model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2));
        using (no_grad())
        {
            ((Linear)model[0]).bias!.fill_(value);
        }

        SignalMeasurement signal = SignalProbe.Measure(model, ones(2, 3), output => output.sum());

        Assert.False(double.IsFinite(signal.Layers[0].Activations.Rms));
        Assert.Empty(signal.Layers[0].Activations.Shares);
        Assert.Equal(0, signal.Layers[0].DeadShare);
        Assert.False(double.IsFinite(signal.Layers[1].Activations.Rms));
        Assert.False(double.IsFinite(signal.Loss));
    }

    [Fact]
    public void A_loss_that_is_not_one_number_is_an_error()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            SignalProbe.Measure(nn.Linear(3, 2), ones(2, 3), output => output)
        );

        Assert.Contains("4 elements", error.Message, StringComparison.Ordinal);
    }

    /// <summary>x [batch, inputs] times W [outputs, inputs] transposed.</summary>
    private static double[] Times(double[] x, double[] weight, int inputs, int outputs)
    {
        var y = new double[x.Length / inputs * outputs];
        for (int i = 0; i < y.Length; i++)
        {
            for (int k = 0; k < inputs; k++)
            {
                y[i] += x[(i / outputs * inputs) + k] * weight[(i % outputs * inputs) + k];
            }
        }
        return y;
    }

    /// <summary>g [batch, outputs] times W [outputs, inputs].</summary>
    private static double[] TimesTransposed(double[] g, double[] weight, int inputs, int outputs)
    {
        var x = new double[g.Length / outputs * inputs];
        for (int i = 0; i < x.Length; i++)
        {
            for (int k = 0; k < outputs; k++)
            {
                x[i] += g[(i / inputs * outputs) + k] * weight[(k * inputs) + (i % inputs)];
            }
        }
        return x;
    }

    private static double Rms(double[] values) => Math.Sqrt(values.Average(value => value * value));
}
