using FanIn.Tests.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests;

/// <summary>TorchSharp's own initializers under the check: what is wrong is found and named, what is right passes.</summary>
[Collection(Modules.TorchGeneratorTests.Alone)]
public sealed class TorchSharpConformanceTests
{
    private const long Outputs = 1024;
    private const long Inputs = 512;
    private static readonly TensorDescription s_tensor = TensorDescription.Dense(Outputs, Inputs);

    [Fact]
    public void TruncatedNormalIsConstant()
    {
        ConformanceReport report = Check(
            "trunc_normal_",
            weight => nn.init.trunc_normal_(weight),
            ElementDistribution.TruncatedNormal(0, 1)
        );
        Assert.False(report.Passed);
        Assert.StartsWith(
            "All elements equal 1: the units of the layer get the same gradient",
            report.Find("not constant")!.Sentence,
            StringComparison.Ordinal
        );
        Assert.False(report.Find("two seeds")!.Passed && report.Find("mean")!.Passed, report.ToString());
    }

    [Fact]
    public void XavierNormalIsUniform()
    {
        ConformanceReport report = Check(
            "xavier_normal_",
            weight => nn.init.xavier_normal_(weight),
            Initializer.XavierNormal().Distribution(s_tensor)!
        );
        Assert.False(report.Passed);
        Assert.True(report.Find("standard deviation")!.Passed, report.ToString());
        Assert.StartsWith(
            "The standard deviation is right, but the shape is uniform, not normal",
            report.Find("shape")!.Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ThePagesExampleRuns()
    {
        // example: torch
        ConformanceReport report = Conformance.Check(
            "xavier_normal_",
            (destination, seed, key) =>
            {
                torch.manual_seed((long)seed.Value);
                using torch.Tensor weight = torch.empty(1024, 512);
                for (int call = key == "other.weight" ? 2 : 1; call > 0; call--)
                {
                    torch.nn.init.xavier_normal_(weight);
                }
                weight.data<float>().ToArray().CopyTo(destination);
            },
            expected: ElementDistribution.Normal(mean: 0, std: Math.Sqrt(2.0 / (1024 + 512))),
            TensorDescription.Dense(outputs: 1024, inputs: 512)
        );
        // end
        Readme.AssertShows("torch", "docs/conformance.md");
        string[] lines = report.ToString().Split('\n');
        string page = File.ReadAllText(Path.Combine(Readme.RepositoryRoot(), "docs/conformance.md"));
        Assert.Contains(lines[0], page, StringComparison.Ordinal);
        Assert.Contains(
            lines,
            line =>
                line.StartsWith(
                    "* shape: The standard deviation is right, but the shape is uniform, not normal (",
                    StringComparison.Ordinal
                )
        );
    }

    public static TheoryData<string> RightOnes =>
        ["kaiming_normal_", "kaiming_uniform_", "xavier_uniform_", "normal_", "uniform_", "orthogonal_", "constant_"];

    [Theory]
    [MemberData(nameof(RightOnes))]
    public void TheRestIsRight(string name)
    {
        (Func<Tensor, Tensor> fill, ElementDistribution expected) = name switch
        {
            "kaiming_normal_" => (
                (Func<Tensor, Tensor>)(w => nn.init.kaiming_normal_(w)),
                Initializer.HeNormal().Distribution(s_tensor)!
            ),
            "kaiming_uniform_" => (w => nn.init.kaiming_uniform_(w), Initializer.HeUniform().Distribution(s_tensor)!),
            "xavier_uniform_" => (w => nn.init.xavier_uniform_(w), Initializer.XavierUniform().Distribution(s_tensor)!),
            "normal_" => (w => nn.init.normal_(w, 3, 0.02), ElementDistribution.Normal(3, 0.02)),
            "uniform_" => (w => nn.init.uniform_(w, -0.1, 0.3), ElementDistribution.Uniform(-0.1, 0.3)),
            "orthogonal_" => (w => nn.init.orthogonal_(w), ElementDistribution.Sphere(Outputs, 1)),
            _ => (w => nn.init.constant_(w, 0.1), ElementDistribution.Point(0.1)),
        };
        ConformanceReport report = Check(name, fill, expected, name == "orthogonal_" ? new Isometry(1) : null);
        Assert.True(report.Passed, report.ToString());
    }

    /// <summary>A library without keys: the other key is the second call after seeding.</summary>
    private static ConformanceReport Check(
        string name,
        Func<Tensor, Tensor> initialize,
        ElementDistribution expected,
        Isometry? isometry = null
    )
    {
        var options = new ConformanceOptions { Isometry = isometry };
        return Conformance.Check(
            name,
            (destination, seed, key) =>
            {
                manual_seed((long)seed.Value);
                using Tensor weight = empty(Outputs, Inputs);
                initialize(weight);
                if (key == options.OtherKey)
                {
                    initialize(weight);
                }
                TorchElements(weight).CopyTo(destination);
            },
            expected,
            s_tensor,
            options
        );
    }

    private static float[] TorchElements(Tensor weight) => Random.TorchOracle.Elements<float>(weight);
}
