using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

public sealed class InputShapeTests
{
    [Fact]
    public void Sizes_kind_and_vocabulary_tell_shapes_apart()
    {
        Assert.Equal(InputShape.Image(3, 4, 5), InputShape.Numbers(3, 4, 5));
        Assert.Equal(InputShape.Vector(7), InputShape.Numbers(7));
        Assert.NotEqual(InputShape.Vector(7), InputShape.Tokens(7, 2));
        Assert.NotEqual(InputShape.Tokens(7, 3), InputShape.Tokens(7, 2));
        Assert.NotEqual(InputShape.Image(3, 4, 5), InputShape.Image(3, 5, 4));
        Assert.Equal(InputShape.Image(3, 4, 5).GetHashCode(), InputShape.Numbers(3, 4, 5).GetHashCode());
        Assert.Equal("3,4,5", InputShape.Image(3, 4, 5).ToString());
        Assert.Equal(60, InputShape.Image(3, 4, 5).Count);
    }

    [Fact]
    public void Sizes_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InputShape.Vector(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => InputShape.Image(1, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => InputShape.Tokens(3, 1));
        Assert.Throws<ArgumentException>(() => InputShape.Numbers());
        Assert.Throws<OverflowException>(() => InputShape.Numbers(long.MaxValue, 2));
    }

    [Theory]
    [InlineData("mlp:50x256:relu", InputKind.Vector, "256", 10)]
    [InlineData("cnn:3x24:relu", InputKind.Image, "24,16,16", 10)]
    [InlineData("lenet:8:relu", InputKind.Image, "8,16,16", 10)]
    [InlineData("text:4x64:relu", InputKind.Tokens, "64", 10)]
    [InlineData("transformer:4x64:relu", InputKind.Tokens, "64", 10)]
    [InlineData("resnet:4x24:relu", InputKind.Image, "24,16,16", 10)]
    [InlineData("resnet:50:relu", InputKind.Image, "3,64,64", 1000)]
    public void Networks_read_inputs_as_wide_as_they_are_where_nobody_says(
        string text,
        InputKind kind,
        string sizes,
        int classes
    )
    {
        Network network = Network.Parse(text);

        Assert.Equal(kind, network.DefaultInput.Kind);
        Assert.Equal(sizes, network.DefaultInput.ToString());
        Assert.Equal(classes, network.DefaultClasses);
    }

    [Theory]
    [InlineData("mlp:2x5:relu", "7")]
    [InlineData("mlp:2x5:relu", "3,4,5")]
    [InlineData("cnn:2x5:relu", "3,4,5")]
    [InlineData("lenet:2:relu", "3,4,5")]
    [InlineData("text:2x5:relu", "9")]
    [InlineData("transformer:2x5:relu", "9")]
    [InlineData("transformer:2x8:relu:post", "3,4,5")]
    [InlineData("resnet:18:relu", "2,1,1")]
    [InlineData("resnet:2x3:relu:plain", "2,1,3")]
    public void A_network_of_any_shape_that_it_reads_gives_logits(string text, string sizes)
    {
        Network network = Network.Parse(text);
        InputShape input = network.InputOf([.. sizes.Split(',').Select(long.Parse)]);

        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = network.Build(input, 6);
        using Tensor batch = CheckBatch.Random(input, 4, 1).ToTensor();

        Assert.Equal(sizes, input.ToString());
        Assert.Equal([4, 6], model.call(batch).shape);
    }

    [Theory]
    [InlineData(
        "mlp:2x5:relu",
        "28,28",
        "The network mlp:2x5:relu reads vectors or images: its input shape must be a number of features or channels,height,width, not 28,28."
    )]
    [InlineData(
        "text:2x5:relu",
        "1,8,8",
        "The network text:2x5:relu reads texts: its input shape must be a number of tokens, not 1,8,8."
    )]
    [InlineData(
        "cnn:2x5:relu",
        "8",
        "The network cnn:2x5:relu reads images: its input shape must be channels,height,width, not 8."
    )]
    [InlineData(
        "transformer:2x5:relu",
        "8,0,8",
        "The network transformer:2x5:relu reads texts or images: its input shape must be a number of tokens or channels,height,width, not 8,0,8."
    )]
    [InlineData(
        "lenet:2:relu",
        "1,3,9",
        "The network lenet:2:relu halves its images twice: they must be 4 pixels or more on each side, but these are 3x9."
    )]
    [InlineData(
        "mlp:2x5:relu",
        "9000000000000000000",
        "The network mlp:2x5:relu reads vectors or images: its input shape must be a number of features or channels,height,width, not 9000000000000000000."
    )]
    public void A_shape_that_does_not_fit_is_refused(string text, string sizes, string sentence) =>
        Assert.Equal(
            sentence,
            Assert
                .Throws<DataFormatException>(() =>
                    Network.Parse(text).InputOf([.. sizes.Split(',').Select(long.Parse)])
                )
                .Message
        );

    [Fact]
    public void A_shape_of_another_kind_is_refused() =>
        Assert.Equal(
            "The network cnn:2x5:relu reads images, but the inputs are vectors of shape 8; mlp:30x64:relu would fit.",
            Assert
                .Throws<DataFormatException>(() => Network.Parse("cnn:2x5:relu").Build(InputShape.Vector(8), 2))
                .Message
        );

    /// <summary>Against the networks themselves: what is counted from below is at most what there is, and most of it.</summary>
    [Theory]
    [InlineData("mlp:3x64:relu")]
    [InlineData("cnn:3x32:relu")]
    [InlineData("lenet:16:relu")]
    [InlineData("text:3x64:relu")]
    [InlineData("resnet:3x32:relu")]
    [InlineData("resnet:18:relu")]
    [InlineData("resnet:50:relu")]
    [InlineData("transformer:3x64:gelu")]
    public void The_least_size_is_below_the_real_one(string text)
    {
        Network network = Network.Parse(text);
        using nn.Module<Tensor, Tensor> model = network.Build(network.DefaultInput, network.DefaultClasses);

        double weights = network.LeastSize(network.DefaultInput).Weights;
        double real = model.parameters().Sum(p => (double)p.numel());

        Assert.InRange(weights, 0.6 * real, real);
    }
}
