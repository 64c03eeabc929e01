using FanIn.TorchSharp.Tests.Models;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

/// <summary>What a check keeps of parameters.</summary>
public sealed class SignalCheckParameterTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Parameters_are_described_with_the_fans_that_others_take_for_theirs()
    {
        // theory of fans, section on conventions: PyTorch's function gives (36, 72) and (18, 144).
        Sequential model = nn.Sequential(
            nn.ConvTranspose2d(8, 16, 3, groups: 4),
            nn.Conv2d(16, 16, 3, groups: 8, bias: false)
        );

        ModelObservation observation = Observe(model, TestTensors.Normal("x", 2, 8, 4, 4));

        Assert.Equal([new Fan(36, 72)], observation.Parameters[0].MistakenFans);
        Assert.Empty(observation.Parameters[1].MistakenFans);
        Assert.Equal([new Fan(18, 144)], observation.Parameters[2].MistakenFans);
        Assert.All(observation.Parameters, p => Assert.True(p.ReceivesGradient));
        Assert.All(observation.Parameters, p => Assert.Null(p.IsOptimized));
    }

    [Fact]
    public void Equal_tensors_have_equal_fingerprints_and_equal_units_are_counted()
    {
        (Linear a, Linear b) = (nn.Linear(4, 4), nn.Linear(4, 4));
        ConvTranspose1d up = nn.ConvTranspose1d(1, 3, 2, bias: false);
        using (no_grad())
        {
            b.weight.copy_(a.weight);
            b.bias!.fill_(1);
            a.weight[1].copy_(a.weight[0]);
            b.weight[1].copy_(b.weight[0]);
            a.bias!.fill_(2);
            // Stored [in, out, taps]: outputs 0 and 2 are equal.
            up.weight!.copy_(tensor(new float[] { 1, 2, 3, 4, 1, 2 }).reshape(1, 3, 2));
        }
        var model = new TestModule(x => up.call(b.call(a.call(x)).unsqueeze(1)), ("a", a), ("b", b), ("up", up));

        Dictionary<string, ParameterObservation> parameters = Observe(model, TestTensors.Normal("x", 3, 4))
            .Parameters.ToDictionary(p => p.Description.Name);

        Assert.Equal(parameters["a.weight"].Fingerprint, parameters["b.weight"].Fingerprint);
        Assert.NotEqual(parameters["a.bias"].Fingerprint, parameters["b.bias"].Fingerprint);
        Assert.Equal(
            (3, 3, 2),
            (
                parameters["a.weight"].DistinctUnits,
                parameters["b.weight"].DistinctUnits,
                parameters["up.weight"].DistinctUnits
            )
        );
        Assert.Null(parameters["a.bias"].DistinctUnits);
    }

    [Fact]
    public void Orthogonal_weights_are_told_from_others()
    {
        Sequential model = nn.Sequential(
            nn.Linear(6, 4, hasBias: false),
            nn.Linear(4, 9, hasBias: false),
            nn.Linear(9, 2, hasBias: false)
        );
        model.Initialize(
            Recipe
                .Of(Initializer.Parse("orthogonal(gain=1.5)"))
                .With(Rule.For("2.weight", Initializer.Parse("he_normal"))),
            1
        );

        SignalGraph graph = SignalCheck.Observe(model, TestTensors.Normal("x", 5, 6)).Graph;

        Assert.Equal(
            [true, true, false],
            graph.Nodes.Select(n => n.Operation).OfType<SignalOperation.Weighted>().Select(w => w.Law.IsOrthogonal)
        );
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_measured_all_the_same()
    {
        Linear layer = nn.Linear(4, 3);
        using (no_grad())
        {
            layer.weight[0, 0] = float.NaN;
        }

        SignalReport report = SignalCheck.Run(nn.Sequential(layer), TestTensors.Normal("x", 5, 4));

        Assert.Equal(5, report.Observation.Layers[0].Output.NonFinite);
        Assert.Equal(1, report.Observation.Parameters[0].Values.NonFinite);
    }

    private static ModelObservation Observe(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options = null
    ) => SignalCheck.Observe(model, batch, options).Observation;
}
