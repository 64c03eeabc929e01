using System.Collections.Immutable;
using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// Residual networks (He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, table 1), their parameters
/// named as torchvision names them. <c>resnet:50:relu</c> is one of the published depths: a 7x7 stem and four stages of
/// basic (18, 34) or bottleneck blocks (50, 101, 152), which stride in their 3x3 convolution as torchvision's do.
/// <c>resnet:30x16:relu</c> is a stack: a 3x3 stem and one stage of basic blocks of one width.
/// </summary>
internal static class ResNetNetworks
{
    private const int StemWidth = 64;

    public static NetworkKind Kind { get; } =
        new("resnet", "resnet:18:relu", [InputKind.Image], Build)
        {
            NamedDepths = [18, 34, 50, 101, 152],
            NamedWidth = StemWidth,
            Variants = [("plain", NetworkVariants.Plain), ("scaled", NetworkVariants.Scaled)],
            DefaultInput = n => n.IsNamed ? InputShape.Image(3, 64, 64) : PlainNetworks.WideImage(n),
            DefaultClasses = n => n.IsNamed ? 1000 : 10,
            Size = Size,
        };

    private static (double, double) Size(Network network, InputShape input)
    {
        double pixels = PlainNetworks.Pixels(input);
        if (!network.IsNamed)
        {
            return (
                18 * PlainNetworks.Square(network.Width) * network.Depth,
                (2.0 * network.Depth + 1) * network.Width * pixels
            );
        }
        (int[] blocks, bool isBottleneck) = Stages(network.Depth);
        double weights = 0;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            // Of a block of width w: 3x3 w w twice, or 3x3 w w between two 1x1 w 4w; a stage's first block reads less.
            double less = isBottleneck ? 3 : 4.5;
            weights += ((blocks[stage] * (isBottleneck ? 17 : 18)) - less) * PlainNetworks.Square(StemWidth << stage);
        }
        // The stem alone has a quarter of the pixels, the first stage a sixteenth.
        return (weights, StemWidth * pixels / 4);
    }

    private static ResNet Build(Network network, InputShape input, int classes)
    {
        if (!network.IsNamed)
        {
            return new ResNet(network, input.Sizes[0], classes, [network.Depth], isBottleneck: false, network.Width);
        }
        (int[] blocks, bool isBottleneck) = Stages(network.Depth);
        return new ResNet(network, input.Sizes[0], classes, blocks, isBottleneck, StemWidth);
    }

    private static (int[] Blocks, bool IsBottleneck) Stages(int depth) =>
        depth switch
        {
            18 => ([2, 2, 2, 2], false),
            34 => ([3, 4, 6, 3], false),
            50 => ([3, 4, 6, 3], true),
            101 => ([3, 4, 23, 3], true),
            _ => ([3, 8, 36, 3], true),
        };

    /// <summary>A normalization layer that counts no batches: TorchSharp adds 1 by a number that may be finalized meanwhile.</summary>
    private static BatchNorm2d Norm(long channels)
    {
        BatchNorm2d norm = nn.BatchNorm2d(channels);
        norm.num_batches_tracked = null;
        return norm;
    }

    private sealed class ResNet : nn.Module<Tensor, Tensor>
    {
        private readonly ImmutableArray<nn.Module<Tensor, Tensor>> _layers;

        public ResNet(Network network, long channels, int classes, int[] blocks, bool isBottleneck, long width)
            : base(nameof(ResNet))
        {
            bool isNormalized = !network.Has(NetworkVariants.Plain);
            double scale = network.Has(NetworkVariants.Scaled) ? 1 / Math.Sqrt(blocks.Sum()) : 1;
            var layers = ImmutableArray.CreateBuilder<nn.Module<Tensor, Tensor>>();
            Add(
                "conv1",
                network.IsNamed
                    ? nn.Conv2d(channels, width, 7, stride: 2, padding: 3, bias: !isNormalized)
                    : nn.Conv2d(channels, width, 3, padding: 1, bias: !isNormalized)
            );
            if (isNormalized)
            {
                Add("bn1", Norm(width));
            }
            Add("act1", new ActivationModule(network.Activation));
            if (network.IsNamed)
            {
                Add("maxpool", nn.MaxPool2d(3, stride: 2, padding: 1));
            }
            long inputs = width;
            for (int stage = 0; stage < blocks.Length; stage++)
            {
                long inner = width << stage;
                long outputs = isBottleneck ? 4 * inner : inner;
                var stack = new List<(string, nn.Module<Tensor, Tensor>)>();
                for (int block = 0; block < blocks[stage]; block++)
                {
                    long stride = block == 0 && stage > 0 ? 2 : 1;
                    stack.Add(
                        ($"{block}", new Block(network.Activation, inputs, inner, outputs, stride, isNormalized, scale))
                    );
                    inputs = outputs;
                }
                Add($"layer{stage + 1}", nn.Sequential(stack));
            }
            Add("avgpool", nn.AdaptiveAvgPool2d(1));
            Add("flatten", nn.Flatten());
            Add("fc", nn.Linear(inputs, classes));
            _layers = layers.ToImmutable();

            void Add(string name, nn.Module<Tensor, Tensor> layer)
            {
                register_module(name, layer);
                layers.Add(layer);
            }
        }

        public override Tensor forward(Tensor input) => _layers.Aggregate(input, (x, layer) => layer.call(x));
    }

    /// <summary>act(skip(x) + scale * branch(x)): two 3x3 convolutions, or a 3x3 one between two 1x1 ones.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly ImmutableArray<nn.Module<Tensor, Tensor>> _branch;
        private readonly nn.Module<Tensor, Tensor>? _skip;
        private readonly ActivationModule _last;
        private readonly Residual _sum;

        public Block(
            Activation activation,
            long inputs,
            long inner,
            long outputs,
            long stride,
            bool isNormalized,
            double scale
        )
            : base(nameof(Block))
        {
            _sum = new Residual(scale);
            bool isBottleneck = outputs != inner;
            (long In, long Out, long Kernel, long Stride)[] convolutions = isBottleneck
                ? [(inputs, inner, 1, 1), (inner, inner, 3, stride), (inner, outputs, 1, 1)]
                : [(inputs, inner, 3, stride), (inner, outputs, 3, 1)];
            var branch = ImmutableArray.CreateBuilder<nn.Module<Tensor, Tensor>>();
            for (int i = 0; i < convolutions.Length; i++)
            {
                (long from, long to, long kernel, long step) = convolutions[i];
                Add($"conv{i + 1}", nn.Conv2d(from, to, kernel, step, kernel / 2, bias: !isNormalized));
                if (isNormalized)
                {
                    Add($"bn{i + 1}", Norm(to));
                }
                if (i < convolutions.Length - 1)
                {
                    Add($"act{i + 1}", new ActivationModule(activation));
                }
            }
            _branch = branch.ToImmutable();
            if (stride != 1 || inputs != outputs)
            {
                var skip = new List<(string, nn.Module<Tensor, Tensor>)>
                {
                    ("0", nn.Conv2d(inputs, outputs, 1, stride, bias: !isNormalized)),
                };
                if (isNormalized)
                {
                    skip.Add(("1", Norm(outputs)));
                }
                _skip = nn.Sequential(skip);
                register_module("downsample", _skip);
            }
            _last = new ActivationModule(activation);
            register_module($"act{convolutions.Length}", _last);

            void Add(string name, nn.Module<Tensor, Tensor> layer)
            {
                register_module(name, layer);
                branch.Add(layer);
            }
        }

        public override Tensor forward(Tensor input)
        {
            Tensor branch = _branch.Aggregate(input, (x, layer) => layer.call(x));
            return _last.call(_sum.Of(_skip?.call(input) ?? input, branch));
        }
    }
}
