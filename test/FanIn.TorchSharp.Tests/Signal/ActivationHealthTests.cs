using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class ActivationHealthTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Rectifiers() =>
        ["torch", "torch in place", "torch 6", "relu", "relu6", "squared_relu"];

    [Theory]
    [MemberData(nameof(Rectifiers))]
    public void A_unit_is_dead_when_no_example_opens_it(string kind)
    {
        // Units 0 and 2 are shut for all examples, unit 1 for the second alone, unit 3 for none.
        Tensor batch = tensor(new float[] { -1, 1, -1, 1, 0, -1, -3, 2 }).reshape(2, 4);

        Assert.Equal(0.5, Measure(Dense(4), Rectifier(kind), batch).DeadShare);
    }

    [Fact]
    public void A_channel_is_dead_when_no_position_opens_it()
    {
        // Channel 0 is open at one position of the second example.
        float[] values = new float[2 * 3 * 4];
        Array.Fill(values, -1);
        values[(1 * 12) + 2] = 1;
        Conv1d layer = nn.Conv1d(3, 3, 1, groups: 3, bias: false);
        using (no_grad())
        {
            layer.weight!.fill_(1);
        }

        LayerSignal signal = Measure(layer, nn.ReLU(), tensor(values).reshape(2, 3, 4));

        Assert.Equal(2.0 / 3, signal.DeadShare!.Value, 1e-12);
    }

    [Fact]
    public void Behind_a_dense_layer_the_units_come_last()
    {
        // [batch 2, time 3, units 4]: unit 1 is open at one step.
        float[] values = new float[2 * 3 * 4];
        Array.Fill(values, -1);
        values[(1 * 12) + (2 * 4) + 1] = 1;

        Assert.Equal(0.75, Measure(Dense(4), nn.ReLU(), tensor(values).reshape(2, 3, 4)).DeadShare);
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("sigmoid")]
    [InlineData("erf")]
    [InlineData("softsign")]
    [InlineData("atan")]
    [InlineData("lecun_tanh")]
    [InlineData("torch tanh")]
    [InlineData("torch sigmoid")]
    [InlineData("torch softsign")]
    public void A_value_is_saturated_where_the_slope_is_under_a_twentieth(string kind)
    {
        nn.Module<Tensor, Tensor> activation = kind switch
        {
            "torch tanh" => nn.Tanh(),
            "torch sigmoid" => nn.Sigmoid(),
            "torch softsign" => nn.Softsign(),
            _ => new ActivationModule(Activation.Parse(kind)),
        };
        float[] grid = [.. Enumerable.Range(-500, 1001).Select(i => i / 50f)];
        Tensor x = tensor(grid, ScalarType.Float64, requires_grad: true);
        double[] slopes = autograd.grad([activation.call(x).sum()], [x])[0].Values();
        double expected = slopes.Count(slope => slope < slopes.Max() / 20) / (double)grid.Length;

        LayerSignal signal = Measure(Dense(7), activation, tensor(grid).reshape(143, 7));

        Assert.Equal(expected, signal.SaturatedShare!.Value, 1e-12);
        Assert.Null(signal.DeadShare);
    }

    [Theory]
    [InlineData("hardtanh", 0.5)]
    [InlineData("hard_sigmoid", 0.25)]
    [InlineData("torch hardtanh", 0.5)]
    [InlineData("torch hardsigmoid", 0.25)]
    [InlineData("torch wide hardtanh", 0.25)]
    public void A_hard_end_is_flat(string kind, double share)
    {
        nn.Module<Tensor, Tensor> activation = kind switch
        {
            "torch hardtanh" => nn.Hardtanh(),
            "torch wide hardtanh" => nn.Hardtanh(-3, 4),
            "torch hardsigmoid" => nn.Hardsigmoid(),
            _ => new ActivationModule(Activation.Parse(kind)),
        };

        LayerSignal signal = Measure(Dense(4), activation, tensor(new float[] { 0.5f, -0.5f, 2, -8 }).reshape(1, 4));

        Assert.Equal(share, signal.SaturatedShare);
    }

    [Fact]
    public void An_activation_without_flat_ends_is_not_judged()
    {
        LayerSignal signal = Measure(Dense(4), nn.GELU(), ones(1, 4));

        Assert.Null(signal.DeadShare);
        Assert.Null(signal.SaturatedShare);
    }

    [Fact]
    public void An_activation_belongs_to_the_layer_before_it_also_through_a_normalization()
    {
        Sequential model = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.ReLU(), nn.Tanh(), nn.Linear(4, 4));

        SignalMeasurement signal = SignalProbe.Measure(model, ones(2, 4), output => output.sum());

        Assert.NotNull(signal.Layers[0].DeadShare);
        Assert.Null(signal.Layers[0].SaturatedShare);
        Assert.Null(signal.Layers[1].DeadShare);
    }

    [Fact]
    public void An_activation_before_any_layer_is_nobodys()
    {
        Sequential model = nn.Sequential(nn.ReLU(), nn.Linear(4, 4));

        Assert.Null(SignalProbe.Measure(model, ones(2, 4), output => output.sum()).Layers[0].DeadShare);
    }

    private static nn.Module<Tensor, Tensor> Rectifier(string kind) =>
        kind switch
        {
            "torch" => nn.ReLU(),
            "torch in place" => nn.ReLU(inplace: true),
            "torch 6" => nn.ReLU6(),
            _ => new ActivationModule(Activation.Parse(kind)),
        };

    /// <summary>A dense layer that passes its input on.</summary>
    private static Linear Dense(int width)
    {
        Linear layer = nn.Linear(width, width, hasBias: false);
        layer.weight = new Parameter(eye(width), requires_grad: true);
        return layer;
    }

    private static LayerSignal Measure(
        nn.Module<Tensor, Tensor> layer,
        nn.Module<Tensor, Tensor> activation,
        Tensor batch
    )
    {
        // TorchSharp's own Hardtanh returns its input when in a Sequential, which then disposes it.
        var model = new TestModule(x => activation.call(layer.call(x)), ("layer", layer), ("activation", activation));
        return Assert.Single(SignalProbe.Measure(model, batch, output => output.sum()).Layers);
    }
}
