using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class ConvolutionCoverageTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>A kernel of ones over an image of ones counts the connections that fall on the image.</summary>
    [Theory]
    [InlineData(8, 3, 1, 1, 1)]
    [InlineData(8, 3, 2, 1, 1)]
    [InlineData(9, 5, 2, 2, 1)]
    [InlineData(9, 3, 1, 2, 2)]
    [InlineData(7, 7, 2, 3, 1)]
    [InlineData(6, 3, 1, 0, 1)]
    public void The_share_is_what_a_kernel_of_ones_counts(
        long size,
        long taps,
        long stride,
        long padding,
        long dilation
    )
    {
        Conv2d layer = nn.Conv2d(1, 1, taps, stride, padding, dilation, bias: false);
        ConvTranspose2d transposed = nn.ConvTranspose2d(1, 1, taps, stride, padding, dilation: dilation, bias: false);
        using (no_grad())
        {
            layer.weight!.fill_(1);
            transposed.weight!.fill_(1);
        }
        Tensor image = ones(1, 1, size, size + 3);

        Tensor counts = layer.call(image);
        Tensor reached = transposed.call(image);

        Assert.Equal(
            counts.Values().Average() / (taps * taps),
            ConvolutionCoverage.Share(layer, [size, size + 3], counts.shape.AsSpan(2)),
            1e-6
        );
        Assert.Equal(
            reached.Values().Average() / ((double)taps * taps / (stride * stride)),
            ConvolutionCoverage.Share(transposed, [size, size + 3], reached.shape.AsSpan(2)),
            1e-6
        );
    }

    [Fact]
    public void Padding_that_repeats_the_image_is_no_padding_of_zeros()
    {
        Conv1d layer = nn.Conv1d(1, 1, 3, padding: 1, padding_mode: PaddingModes.Reflect);

        Assert.Equal(1, ConvolutionCoverage.Share(layer, [8], [8]));
    }
}
