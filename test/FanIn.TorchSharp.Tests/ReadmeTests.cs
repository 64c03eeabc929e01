using FanIn.Tests.Shared;
using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace FanIn.TorchSharp.Tests;

public class ReadmeTests
{
    [Fact]
    public void TheModuleExampleRuns()
    {
        // example: module
        var model = Sequential(("fc1", Linear(784, 256)), ("relu", ReLU()), ("fc2", Linear(256, 10)));
        model.Initialize("he_normal", seed: 42);
        // end
        Readme.AssertShows("module");
        float[] weights = [.. model.parameters().First().data<float>()];
        Assert.Equal(Math.Sqrt(2.0 / 784), Math.Sqrt(weights.Average(w => (double)w * w)), 3);
    }

    [Fact]
    public void TheCheckExampleRuns()
    {
        var batch = torch.randn(64, 784);

        // example: check
        using var model = Sequential(("fc1", Linear(784, 256)), ("relu", ReLU()), ("fc2", Linear(256, 10)));
        model.Initialize("he_normal", seed: 42);
        SignalReport report = SignalCheck.Run(model, batch);
        report.ThrowIfUnhealthy(); // lists what is wrong, where, and what to write instead
        // end
        Readme.AssertShows("check");
        Assert.Equal(2, report.Layers.Length);
    }

    [Fact]
    public void TheCheckOfThePageRuns()
    {
        using var model = Sequential(("fc1", Linear(64, 64)), ("tanh", Tanh()), ("fc2", Linear(64, 10)));
        model.Initialize("xavier_normal", seed: 42);
        var batch = torch.randn(64, 64);

        // example: check-page
        SignalReport report = SignalCheck.Run(model, batch);
        report.ThrowIfUnhealthy(); // lists what is wrong, where, and what to write instead
        // end
        Readme.AssertShows("check-page", "docs/check.md");
    }

    [Fact]
    public void TheRecipeExampleRuns()
    {
        var model = Sequential(("embedding", Embedding(100, 64)), ("fc1", Linear(64, 64)), ("output", Linear(64, 10)));
        var batch = torch.randint(0, 100, [32]);

        // example: recipe
        Recipe recipe = Recipe
            .Of(Initializer.Orthogonal(Math.Sqrt(2)))
            .With(Rule.Keep("embedding.*"), Rule.For("output.weight", Initializer.Zeros));
        InitializationReport done = model.Initialize(recipe, seed: 42);

        model.Initialize("lsuv", seed: 42, batch); // fitted to a batch of your data
        // end
        Readme.AssertShows("recipe");
        Assert.Null(done.Plan.Rows[0].Initializer);
    }
}
