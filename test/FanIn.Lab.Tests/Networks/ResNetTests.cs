using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

/// <summary>Against torchvision's models, built in the same process, and their published sizes.</summary>
public sealed class ResNetTests
{
    /// <summary>torchvision's documentation: num_params of the ImageNet weights.</summary>
    [Theory]
    [InlineData(18, 11_689_512)]
    [InlineData(34, 21_797_672)]
    [InlineData(50, 25_557_032)]
    [InlineData(101, 44_549_160)]
    [InlineData(152, 60_192_808)]
    public void Published_depths_have_the_published_parameters(int depth, long parameters)
    {
        using nn.Module<Tensor, Tensor> model = Network
            .Parse($"resnet:{depth}:relu")
            .Build(InputShape.Image(3, 224, 224), 1000);

        Assert.Equal(parameters, model.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Names_shapes_and_values_are_those_of_torchvision(int depth)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Network
            .Parse($"resnet:{depth}:relu")
            .Build(InputShape.Image(3, 64, 64), 1000);
        using ResNet theirs = depth == 18 ? torchvision.models.resnet18() : torchvision.models.resnet50();

        Assert.Equal(
            theirs.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]"),
            model.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]")
        );

        // With the same weights they are the same function, strides, padding and order of layers included.
        model.Initialize("he_normal", seed: 1);
        theirs.Initialize("he_normal", seed: 1);
        Tensor batch = CheckBatch.Random(InputShape.Image(3, 64, 64), 2, 1).ToTensor();
        using var noGrad = no_grad();
        Tensor ours = model.call(batch);
        Tensor expected = theirs.call(batch);
        Assert.True(ours.allclose(expected, rtol: 1e-4, atol: 1e-4));
        Assert.True((double)expected.abs().max() > 0.1);
    }

    [Fact]
    public void A_stack_is_one_stage_of_basic_blocks()
    {
        using nn.Module<Tensor, Tensor> model = Network
            .Parse("resnet:2x4:tanh:plain")
            .Build(InputShape.Image(3, 8, 8), 5);

        Assert.Equal(
            [
                "conv1.weight [4, 3, 3, 3]",
                "conv1.bias [4]",
                "layer1.0.conv1.weight [4, 4, 3, 3]",
                "layer1.0.conv1.bias [4]",
                "layer1.0.conv2.weight [4, 4, 3, 3]",
                "layer1.0.conv2.bias [4]",
                "layer1.1.conv1.weight [4, 4, 3, 3]",
                "layer1.1.conv1.bias [4]",
                "layer1.1.conv2.weight [4, 4, 3, 3]",
                "layer1.1.conv2.bias [4]",
                "fc.weight [5, 4]",
                "fc.bias [5]",
            ],
            model.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]")
        );
    }

    /// <summary>With branches of 0 what is left is the stem, the activation of each sum, and the classifier.</summary>
    [Fact]
    public void A_block_with_zero_gamma_is_its_skip()
    {
        using var scope = NewDisposeScope();
        Network network = Network.Parse("resnet:5x4:relu");
        using nn.Module<Tensor, Tensor> model = network.Build(InputShape.Image(3, 8, 8), 5);
        using nn.Module<Tensor, Tensor> shallow = Network.Parse("resnet:1x4:relu").Build(InputShape.Image(3, 8, 8), 5);
        Recipe recipe = Recipe.Of(Initializer.HeNormal()).With(Rule.For("*.bn2.weight", Initializer.Zeros));
        model.Initialize(recipe, seed: 1);
        shallow.Initialize(recipe, seed: 1);
        Tensor batch = CheckBatch.Random(InputShape.Image(3, 8, 8), 3, 1).ToTensor();

        Assert.True(model.call(batch).equal(shallow.call(batch)).all().item<bool>());
    }

    /// <summary>scaled: x + branch / sqrt(L). Doubling the last convolution of all L = 4 branches makes it plain again.</summary>
    [Fact]
    public void Scaled_branches_are_divided_by_the_root_of_their_number()
    {
        using var scope = NewDisposeScope();
        InputShape input = InputShape.Image(3, 8, 8);
        using nn.Module<Tensor, Tensor> plain = Network.Parse("resnet:4x4:relu:plain").Build(input, 5);
        using nn.Module<Tensor, Tensor> scaled = Network.Parse("resnet:4x4:relu:plain:scaled").Build(input, 5);
        plain.Initialize("he_normal", seed: 1);
        scaled.Initialize("he_normal", seed: 1);
        Tensor batch = CheckBatch.Random(input, 3, 1).ToTensor();
        using var noGrad = no_grad();
        Assert.False(plain.call(batch).allclose(scaled.call(batch)));

        foreach ((string name, Parameter parameter) in scaled.named_parameters())
        {
            if (name.EndsWith("conv2.weight", StringComparison.Ordinal))
            {
                parameter.mul_(2);
            }
        }

        Assert.True(plain.call(batch).allclose(scaled.call(batch), rtol: 1e-5, atol: 1e-5));
    }

    [Theory]
    [InlineData("resnet:18:relu")]
    [InlineData("resnet:50:gelu:scaled")]
    [InlineData("resnet:3x8:relu:plain")]
    public void A_gradient_reaches_every_parameter(string text)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Network.Parse(text).Build(InputShape.Image(3, 32, 32), 7);
        model.Initialize("he_normal", seed: 1);
        Tensor batch = CheckBatch.Random(InputShape.Image(3, 32, 32), 4, 1).ToTensor();

        nn.functional.cross_entropy(model.call(batch), tensor((long[])[0, 1, 2, 3])).backward();

        Assert.All(
            model.named_parameters(),
            p => Assert.True(p.parameter.grad is { } grad && (double)grad.abs().max() > 0, p.name)
        );
    }

    [Theory]
    [InlineData("resnet:18:relu:plain")]
    [InlineData("resnet:50:relu:plain")]
    [InlineData("resnet:20x8:relu:plain")]
    public void Fixup_knows_the_names(string text)
    {
        using nn.Module<Tensor, Tensor> model = Network.Parse(text).Build(InputShape.Image(3, 32, 32), 7);

        Plan plan = model.Initialize("fixup", seed: 1).Plan;

        string last = text.Contains("50", StringComparison.Ordinal) ? ".conv3.weight" : ".conv2.weight";
        PlanRow[] zeros =
        [
            .. plan.Rows.Where(r => r.Parameter.Role == ParameterRole.Weight && r.StandardDeviation == 0),
        ];
        Assert.All(
            zeros,
            row =>
                Assert.True(
                    row.Parameter.Name.EndsWith(last, StringComparison.Ordinal) || row.Parameter.Name == "fc.weight"
                )
        );
        Assert.Equal(1 + plan.Rows.Count(r => r.Parameter.Name.EndsWith(last, StringComparison.Ordinal)), zeros.Length);
    }
}
