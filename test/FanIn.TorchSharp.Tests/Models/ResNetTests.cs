using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Models;

/// <summary>torchvision's models, built once.</summary>
public sealed class ResNetFixture : IDisposable
{
    internal ResNet ResNet18 { get; } = torchvision.models.resnet18();

    internal ResNet ResNet50 { get; } = torchvision.models.resnet50();

    public void Dispose()
    {
        ResNet18.Dispose();
        ResNet50.Dispose();
    }
}

/// <summary>ResNet-18 and -50 by name: every parameter's rule, fan and standard deviation, from the paper's table of layers.</summary>
public sealed partial class ResNetTests(ResNetFixture models) : IClassFixture<ResNetFixture>
{
    /// <summary>Outputs, inputs and taps of a convolution; the classifier's has one tap.</summary>
    private sealed record Layer(long Outputs, long Inputs, long Taps)
    {
        public long FanIn => Inputs * Taps;

        public long FanOut => Outputs * Taps;
    }

    [Theory]
    [InlineData(18, 62)]
    [InlineData(50, 161)]
    public void ByTorchsDefaults(int depth, int parameters)
    {
        Plan plan = ModelTable.Check(
            Model(depth),
            "torch",
            name =>
                LayerOf(name, depth) is { } layer
                    ? new("standard_uniform", layer.FanIn, layer.FanOut, 1 / Math.Sqrt(3 * layer.FanIn))
                : name == "fc.bias" ? Expected.Uniform(1 / Math.Sqrt(Features(depth)), null, null)
                : Norm(name)
        );
        Assert.Equal(parameters, plan.Rows.Length);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void ByHe(int depth)
    {
        ModelTable.Check(Model(depth), "he_normal", name => He(name, depth, "he_normal", layer => layer.FanIn));
        ModelTable.Check(
            Model(depth),
            "he_normal(mode=fan_out)",
            name => He(name, depth, "he_normal(mode=fan_out)", layer => layer.FanOut)
        );
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void ByKerasDefaults(int depth) =>
        ModelTable.Check(
            Model(depth),
            "keras",
            name =>
                LayerOf(name, depth) is { } layer
                    ? new("xavier_uniform", layer.FanIn, layer.FanOut, Math.Sqrt(2.0 / (layer.FanIn + layer.FanOut)))
                : name == "fc.bias" ? Expected.Zeros
                : Norm(name)
        );

    /// <summary>
    /// ResNet-18 has 8 blocks of 2 layers, so that a branch's first layer is scaled by 8^(-1/2); ResNet-50 has 16 of 3, and
    /// 16^(-1/4) = 1/2 for the first two.
    /// </summary>
    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void ByFixup(int depth)
    {
        double scale = depth == 18 ? 1 / Math.Sqrt(8) : 0.5;
        string last = depth == 18 ? "conv2" : "conv3";
        ModelTable.Check(
            Model(depth),
            "fixup",
            name =>
            {
                if (LayerOf(name, depth) is not { } layer)
                {
                    return name == "fc.bias" ? Expected.Zeros : Norm(name);
                }
                bool isScaled =
                    name.StartsWith("layer", StringComparison.Ordinal)
                    && name.Contains(".conv", StringComparison.Ordinal);
                if (name == "fc.weight" || (isScaled && name.Contains(last, StringComparison.Ordinal)))
                {
                    // A rule of depth may come to 0 by its gain.
                    string zero = name == "fc.weight" || depth == 50 ? "zeros" : "he_normal(mode=fan_out,gain=0)";
                    return new(zero, layer.FanIn, layer.FanOut, 0);
                }
                double gain = Math.Sqrt(2) * (isScaled ? scale : 1);
                string rule = isScaled
                    ? string.Create(CultureInfo.InvariantCulture, $"he_normal(mode=fan_out,gain={gain:R})")
                    : "he_normal(mode=fan_out)";
                return new(rule, layer.FanIn, layer.FanOut, gain / Math.Sqrt(layer.FanOut));
            }
        );
    }

    [Fact]
    public void AnImageBecomesLogits()
    {
        models.ResNet18.Initialize("he_normal", seed: 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor logits = models.ResNet18.call(Modules.TestTensors.Normal("image", 2, 3, 64, 64));
        Assert.Equal([2, 1000], logits.shape);
        Assert.All(Modules.TestTensors.Values(logits), value => Assert.True(double.IsFinite(value)));
    }

    private ResNet Model(int depth) => depth == 18 ? models.ResNet18 : models.ResNet50;

    private static int Features(int depth) => depth == 18 ? 512 : 2048;

    private static Expected He(string name, int depth, string rule, Func<Layer, long> fan) =>
        LayerOf(name, depth) is { } layer ? new(rule, layer.FanIn, layer.FanOut, Math.Sqrt(2.0 / fan(layer)))
        : name == "fc.bias" ? Expected.Zeros
        : Norm(name);

    private static Expected Norm(string name) =>
        NormNames().Match(name) is { Success: true } match
            ? match.Groups["what"].Value == "weight"
                ? Expected.Ones
                : Expected.Zeros
            : throw new ArgumentException($"no such parameter in the paper: {name}", nameof(name));

    /// <summary>
    /// He et al. 2015, table 1: stages of width 64, 128, 256, 512, four times as wide between the blocks of ResNet-50.
    /// </summary>
    private static Layer? LayerOf(string name, int depth)
    {
        if (name == "conv1.weight")
        {
            return new(64, 3, 49);
        }
        if (name == "fc.weight")
        {
            return new(1000, Features(depth), 1);
        }
        Match match = BlockNames().Match(name);
        if (!match.Success)
        {
            return null;
        }
        int expansion = depth == 18 ? 1 : 4;
        int stage = int.Parse(match.Groups["stage"].ValueSpan, CultureInfo.InvariantCulture);
        int block = int.Parse(match.Groups["block"].ValueSpan, CultureInfo.InvariantCulture);
        long width = 64 << (stage - 1);
        long inputs =
            block > 0 ? width * expansion
            : stage == 1 ? 64
            : width / 2 * expansion;
        return (match.Groups["layer"].Value, depth) switch
        {
            ("downsample.0", _) => new(width * expansion, inputs, 1),
            ("conv1", 18) => new(width, inputs, 9),
            ("conv2", _) => new(width, width, 9),
            ("conv1", 50) => new(width, inputs, 1),
            ("conv3", 50) => new(width * 4, width, 1),
            _ => throw new ArgumentException($"no such layer in the paper: {name}", nameof(name)),
        };
    }

    [GeneratedRegex(
        @"^layer(?<stage>[1-4])\.(?<block>\d)\.(?<layer>conv\d|downsample\.0)\.weight$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex BlockNames();

    [GeneratedRegex(
        @"^(layer[1-4]\.\d\.)?(bn\d|downsample\.1)\.(?<what>weight|bias)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex NormNames();
}
