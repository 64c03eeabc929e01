using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Torch has one generator for the whole process, from which every layer's constructor draws.</summary>
[Collection(Alone)]
public sealed class TorchGeneratorTests : IDisposable
{
    public const string Alone = "alone";

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void It_is_left_alone()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2));
        Sequential dropping = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2));
        Embedding table = nn.Embedding(4, 3, padding_idx: 1);
        Tensor batch = TestTensors.Normal("batch", 8, 3);
        manual_seed(11);
        double[][] expected = [rand(50).Values(), rand(50).Values()];

        manual_seed(11);
        Assert.Equal(expected[0], rand(50).Values());
        model.Describe();
        table.Initialize("he_normal", seed: 3);
        model.Initialize("truncated_normal", seed: 3);
        model.Initialize("lsuv", seed: 3, batch);
        SignalProbe.Measure(model, batch, output => output.sum());
        SignalCheck.Run(dropping, batch, new() { Recipe = Recipe.Parse("he_normal"), Seeds = 2 });
        Assert.Equal(expected[1], rand(50).Values());
    }
}

[CollectionDefinition(TorchGeneratorTests.Alone, DisableParallelization = true)]
public sealed class RunAlone;
