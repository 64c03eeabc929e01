using FanIn.Tests.Shared;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Models;

/// <summary>The examples of docs/recipes.md that need TorchSharp run.</summary>
public sealed class RecipePageTests : IDisposable
{
    private const string Page = "docs/recipes.md";

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void WholeModels()
    {
        TestModule gpt2 = TestModels.Gpt2(1, 64);
        Sequential resnet = nn.Sequential(("conv1", nn.Conv2d(3, 8, 3)));

        // example: models
        InitializationReport done = gpt2.Initialize("gpt2", seed: 42);
        Console.WriteLine(done.Plan);

        resnet.Initialize("he_normal(mode=fan_out)", seed: 42);
        // end
        Readme.AssertShows("models", Page);
        Assert.Equal(Recipe.Parse("gpt2").Apply(gpt2.Describe()), done.Plan);
    }

    [Fact]
    public void Mup()
    {
        Sequential model = nn.Sequential(
            ("fc1", nn.Linear(8, 256)),
            ("fc2", nn.Linear(256, 256)),
            ("readout", nn.Linear(256, 2))
        );

        // example: mup
        model.Initialize("mup(base_width=64)", seed: 42);
        MupScaling mup = MupScaling.Of(model.Describe(), baseWidth: 64);
        using var optimizer = torch.optim.AdamW(model.MupAdamW(mup, learningRate: 0.01));
        // end
        Readme.AssertShows("mup", Page);
        Assert.Equal([0.01, 0.0025], optimizer.ParamGroups.Select(g => g.LearningRate));
    }
}
