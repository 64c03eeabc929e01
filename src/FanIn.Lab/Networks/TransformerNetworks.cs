using System.Collections.Immutable;
using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// Transformers that classify (Vaswani et al.: Attention Is All You Need, 2017, the encoder): <c>transformer:12x64:gelu</c>
/// has 12 blocks of width 64, each of attention and an MLP four times as wide. Layer norm stands in front of each branch
/// and behind the last block, as in GPT-2; with <c>post</c> behind each sum, as in the paper. With <c>scaled</c> each
/// branch is multiplied by 1/sqrt(2 blocks). Token ids get learned vectors, and so do positions; of an image, each row of
/// pixels is a token. Attention has heads of 64 units, four heads where the width is smaller (one where it isn't a
/// multiple of 4), and sees the whole input. The output reads the mean over tokens.
/// </summary>
internal static class TransformerNetworks
{
    public static NetworkKind Kind { get; } =
        new("transformer", "transformer:12x64:gelu", [InputKind.Tokens, InputKind.Image], Build)
        {
            Variants =
            [
                ("pre", NetworkVariants.None),
                ("post", NetworkVariants.Post),
                ("scaled", NetworkVariants.Scaled),
            ],
            DefaultInput = _ => PlainNetworks.DefaultText,
            Size = Size,
        };

    /// <summary>The heads of an attention layer.</summary>
    public static long HeadsOf(long width) =>
        width % 64 == 0 && width >= 256 ? width / 64
        : width % 4 == 0 ? 4
        : 1;

    private static (double, double) Size(Network network, InputShape input)
    {
        double tokens = input.Kind == InputKind.Image ? input.Sizes[1] : input.Count;
        // Query, key, value and output; the MLP's two layers; the stream twice, normalized twice; the attention's weights.
        return (
            12 * PlainNetworks.Square(network.Width) * network.Depth,
            network.Depth * tokens * ((16.0 * network.Width) + (HeadsOf(network.Width) * tokens))
        );
    }

    private static Transformer Build(Network network, InputShape input, int classes) => new(network, input, classes);

    private sealed class Transformer : nn.Module<Tensor, Tensor>
    {
        private readonly bool _readsTokens;
        private readonly nn.Module<Tensor, Tensor> _embedding;
        private readonly nn.Module<Tensor, Tensor> _positions;
        private readonly ImmutableArray<nn.Module<Tensor, Tensor>> _tail;
        private readonly Residual _sum = new(1);

        public Transformer(Network network, InputShape input, int classes)
            : base(nameof(Transformer))
        {
            _readsTokens = input.Kind == InputKind.Tokens;
            long tokens = input.Kind == InputKind.Image ? input.Sizes[1] : input.Sizes[0];
            _embedding = _readsTokens
                ? nn.Embedding(input.Vocabulary, network.Width)
                : nn.Linear(input.Count / tokens, network.Width);
            _positions = nn.Embedding(tokens, network.Width);
            bool isPost = network.Has(NetworkVariants.Post);
            double scale = network.Has(NetworkVariants.Scaled) ? 1 / Math.Sqrt(2 * network.Depth) : 1;
            var blocks = new List<(string, nn.Module<Tensor, Tensor>)>();
            for (int i = 0; i < network.Depth; i++)
            {
                blocks.Add(($"{i}", new Block(network.Width, network.Activation, isPost, scale)));
            }
            var layers = new List<(string Name, nn.Module<Tensor, Tensor> Layer)> { ("blocks", nn.Sequential(blocks)) };
            if (!isPost)
            {
                layers.Add(("norm", nn.LayerNorm(network.Width)));
            }
            layers.AddRange([
                ("channels", new ChannelsFirst()),
                ("mean", nn.AdaptiveAvgPool1d(1)),
                ("flatten", nn.Flatten()),
                ("output", nn.Linear(network.Width, classes)),
            ]);
            register_module("embedding", _embedding);
            register_module("positions", _positions);
            foreach ((string name, nn.Module<Tensor, Tensor> layer) in layers)
            {
                register_module(name, layer);
            }
            _tail = [.. layers.Select(l => l.Layer)];
        }

        public override Tensor forward(Tensor input)
        {
            // [batch, channels, rows, columns] -> [batch, rows, channels x columns].
            Tensor tokens = _readsTokens ? input : input.transpose(1, 2).flatten(2);
            long[] places = [.. Enumerable.Range(0, (int)tokens.shape[1]).Select(i => (long)i)];
            Tensor stream = _sum.Of(_embedding.call(tokens), _positions.call(tensor(places)));
            return _tail.Aggregate(stream, (x, layer) => layer.call(x));
        }
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly bool _isPost;
        private readonly nn.Module<Tensor, Tensor> _norm1;
        private readonly nn.Module<Tensor, Tensor> _attention;
        private readonly nn.Module<Tensor, Tensor> _norm2;
        private readonly nn.Module<Tensor, Tensor> _mlp;
        private readonly Residual _sum;

        public Block(long width, Activation activation, bool isPost, double scale)
            : base(nameof(Block))
        {
            (_isPost, _sum) = (isPost, new(scale));
            _norm1 = nn.LayerNorm(width);
            _attention = new Attention(width);
            _norm2 = nn.LayerNorm(width);
            _mlp = nn.Sequential(
                ("fc1", nn.Linear(width, 4 * width)),
                ("act", new ActivationModule(activation)),
                ("fc2", nn.Linear(4 * width, width))
            );
            register_module("norm1", _norm1);
            register_module("attn", _attention);
            register_module("norm2", _norm2);
            register_module("mlp", _mlp);
        }

        public override Tensor forward(Tensor input)
        {
            if (_isPost)
            {
                Tensor attended = _norm1.call(_sum.Of(input, _attention.call(input)));
                return _norm2.call(_sum.Of(attended, _mlp.call(attended)));
            }
            Tensor stream = _sum.Of(input, _attention.call(_norm1.call(input)));
            return _sum.Of(stream, _mlp.call(_norm2.call(stream)));
        }
    }

    /// <summary>softmax(q k^T / sqrt(d)) v by heads of d units.</summary>
    private sealed class Attention : nn.Module<Tensor, Tensor>
    {
        private readonly long _heads;
        private readonly Linear _query;
        private readonly Linear _key;
        private readonly Linear _value;
        private readonly Linear _output;
        private readonly Softmax _softmax;
        private readonly Scalar _scale;

        public Attention(long width)
            : base(nameof(Attention))
        {
            _heads = HeadsOf(width);
            _scale = 1 / Math.Sqrt((double)width / _heads);
            (_query, _key, _value) = (nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width));
            (_softmax, _output) = (nn.Softmax(-1), nn.Linear(width, width));
            register_module("q_proj", _query);
            register_module("k_proj", _key);
            register_module("v_proj", _value);
            register_module("softmax", _softmax);
            register_module("out_proj", _output);
        }

        public override Tensor forward(Tensor input)
        {
            Tensor query = Split(_query.call(input));
            Tensor key = Split(_key.call(input));
            Tensor value = Split(_value.call(input));
            Tensor weights = _softmax.call(query.matmul(key.transpose(2, 3)).mul(_scale));
            GC.KeepAlive(this);
            return _output.call(weights.matmul(value).transpose(1, 2).flatten(2));
        }

        /// <summary>[batch, tokens, width] -> [batch, heads, tokens, width / heads].</summary>
        private Tensor Split(Tensor x) =>
            x.reshape(x.shape[0], x.shape[1], _heads, x.shape[2] / _heads).transpose(1, 2);
    }
}
