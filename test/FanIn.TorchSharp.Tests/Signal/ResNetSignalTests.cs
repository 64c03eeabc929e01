using System.Diagnostics;
using FanIn.TorchSharp.Tests.Models;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class ResNetSignalTests(ResNetFixture models, ITestOutputHelper output) : IClassFixture<ResNetFixture>
{
    [Fact]
    public void TorchvisionsResNet50IsOneWholeGraph()
    {
        models.ResNet50.Initialize("he_normal", seed: 1);
        using var scope = NewDisposeScope();
        Tensor batch = TestTensors.Normal("images", 4, 3, 64, 64);
        long start = Stopwatch.GetTimestamp();

        (ModelObservation observation, SignalGraph graph) = SignalCheck.Observe(models.ResNet50, batch);

        output.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        // The paper's table: 1 + 3 (3 + 4 + 6 + 3) convolutions, 4 more on skips, one dense layer; 16 blocks.
        Assert.Equal(54, observation.Layers.Length);
        Assert.Equal(54, graph.Nodes.Count(n => n.Operation is SignalOperation.Weighted));
        Assert.Equal(
            53,
            graph.Nodes.Count(n => n.Operation is SignalOperation.Normalize { Kind: NormalizationKind.Batch })
        );
        Assert.Equal(16, graph.Nodes.Count(n => n.Operation is SignalOperation.Sum { Weights: [] }));
        Assert.Equal(49, graph.Nodes.Count(n => n.Operation is SignalOperation.Activate { Activation.Name: "relu" }));
        Assert.Single(graph.Nodes, n => n.Operation is SignalOperation.Source);
        Assert.Equal("fc", graph.Nodes[^1].Name);
        Assert.All(observation.Layers.SkipLast(1), layer => Assert.True(layer.IsNormalized));
        Assert.All(observation.Layers, layer => Assert.True(layer.Gradient!.Rms > 0));
        Assert.Equal(1000, observation.Loss!.Classes);
        Assert.DoesNotContain(observation.Structure, f => f.Severity != FindingSeverity.Note);
        Assert.Equal(54, graph.Predict().Layers.Length);
    }
}
