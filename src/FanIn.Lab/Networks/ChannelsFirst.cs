using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>[batch, tokens, width] of an embedding to the [batch, width, tokens] of a convolution or a mean.</summary>
internal sealed class ChannelsFirst() : nn.Module<Tensor, Tensor>(nameof(ChannelsFirst))
{
    public override Tensor forward(Tensor input) => input.transpose(1, 2).contiguous();
}
