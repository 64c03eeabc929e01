using FanIn.Tests.Shared;

namespace FanIn.Tests;

public class ReadmeTests
{
    [Fact]
    public void TheArrayExampleRuns()
    {
        // example: array
        float[] weights = new float[256 * 784];
        Initializer
            .HeNormal()
            .Fill(weights, TensorDescription.Dense(outputs: 256, inputs: 784), seed: 42, key: "fc1.weight");

        Initializer fromText = Initializer.Parse("orthogonal(gain=sqrt(2))");
        fromText.Fill(weights, TensorDescription.Dense(256, 784), seed: 42, key: "fc1.weight");
        // end
        Readme.AssertShows("array");
        Assert.Equal(Math.Sqrt(2.0 / 784), Math.Sqrt(weights.Average(w => (double)w * w)), 3);
    }

    [Fact]
    public void TheExampleOfAnOwnInitializerRuns()
    {
        // example: custom
        Initializer mine = Initializer.Custom(
            "half_he",
            (values, tensor, stream) => stream.FillNormal(values, mean: 0, std: Math.Sqrt(1 / tensor.Fan!.Value.In))
        );
        // end
        Readme.AssertShows("custom");
        // example: conformance
        ConformanceReport report = Conformance.Check(
            mine,
            TensorDescription.Dense(1024, 1024),
            new() { Expected = ElementDistribution.Normal(mean: 0, std: 1 / 32.0) }
        );
        Console.WriteLine(report); // what was found and what expected, test by test; in words what is wrong
        // end
        Readme.AssertShows("conformance");
        Assert.True(report.Passed);
        float[] weights = new float[64 * 64];
        mine.Fill(weights, TensorDescription.Dense(64, 64), 1, "w");
        Assert.Equal(1.0 / 8, Math.Sqrt(weights.Average(w => (double)w * w)), 2);
    }

    [Fact]
    public void TheExampleOfOtherFrameworksRuns()
    {
        float[] weights = new float[256 * 784];

        // example: frameworks
        TorchRandom torch = new(seed: 42); // torch.manual_seed(42)
        Initializer.HeNormal().Fill(weights, TensorDescription.Dense(256, 784), torch); // kaiming_normal_

        JaxRandom jax = new(JaxKey.FromSeed(42).FoldIn(7));
        Initializer.XavierUniform().Fill(weights, TensorDescription.Dense(256, 784, WeightLayout.Keras), jax);
        // end
        Readme.AssertShows("frameworks");
        Assert.Equal(Math.Sqrt(2.0 / (256 + 784)), Math.Sqrt(weights.Average(w => (double)w * w)), 3);
    }

    [Fact]
    public void WhatItLinksToExists() => Readme.AssertLinks();
}
