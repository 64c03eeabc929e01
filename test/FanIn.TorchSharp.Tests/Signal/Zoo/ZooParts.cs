using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>What the networks of the zoo are made of.</summary>
internal static class ZooParts
{
    public const int Width = 64;
    public const int Classes = 10;

    public static Tensor Vectors(int width = Width) => TestTensors.Normal("vectors", 32, width);

    public static Tensor Images(int channels = 3, int side = 16) =>
        TestTensors.Normal("images", 16, channels, side, side);

    /// <summary>[batch, tokens] of ids below 30.</summary>
    public static Tensor Ids() =>
        tensor(Enumerable.Range(0, 16 * 12).Select(i => (long)(i * 7919 % 30)).ToArray()).reshape(16, 12);

    /// <summary>[batch, tokens, width].</summary>
    public static Tensor Tokens(int width = Width) => TestTensors.Normal("tokens", 8, 12, width);

    /// <summary>Layers fc1 .. of a width and their activation, then the output.</summary>
    public static Sequential Chain(string activation, int depth, int width = Width, bool isNormalized = false)
    {
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        for (int i = 1; i <= depth; i++)
        {
            layers.Add(($"fc{i}", nn.Linear(width, width)));
            if (isNormalized)
            {
                layers.Add(($"norm{i}", nn.BatchNorm1d(width)));
            }
            layers.Add(($"act{i}", new ActivationModule(Activation.Parse(activation))));
        }
        layers.Add(("output", nn.Linear(width, Classes)));
        return nn.Sequential(layers);
    }

    /// <summary>The network by a recipe, of which some parameters get something else.</summary>
    public static ZooModel Made(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        string recipe,
        params ReadOnlySpan<(string Name, string Initializer)> others
    ) => Checked(model, batch, null, recipe, others);

    public static ZooModel Checked(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options,
        string recipe,
        params ReadOnlySpan<(string Name, string Initializer)> others
    )
    {
        Rule[] rules = [.. others.ToArray().Select(o => Rule.For(o.Name, o.Initializer))];
        model.Initialize(Recipe.Parse(recipe).With(rules), 1);
        return new(model, batch, options ?? new());
    }

    public static ZooModel ChainOf(
        string activation,
        int depth,
        string recipe,
        params ReadOnlySpan<(string Name, string Initializer)> others
    ) => Made(Chain(activation, depth), Vectors(), recipe, others);

    /// <summary>x + scale * branch(x), block after block, each branch two layers.</summary>
    public static TestModule Residual(
        int blocks,
        Func<Tensor, int, Tensor>? scale = null,
        bool isNormalized = false,
        params (string, object)[] more
    )
    {
        (Linear First, Linear Second, nn.Module<Tensor, Tensor> Norm, ReLU Activation)[] parts =
        [
            .. Enumerable
                .Range(0, blocks)
                .Select(_ =>
                    (
                        nn.Linear(Width, Width),
                        nn.Linear(Width, Width),
                        (nn.Module<Tensor, Tensor>)(isNormalized ? nn.LayerNorm(Width) : nn.Identity()),
                        nn.ReLU()
                    )
                ),
        ];
        Linear stem = nn.Linear(Width, Width);
        Linear output = nn.Linear(Width, Classes);
        (string, object)[] members =
        [
            ("stem", stem),
            .. parts.SelectMany(
                (p, i) =>
                    new (string, object)[]
                    {
                        ($"block{i}_norm", p.Norm),
                        ($"block{i}_fc1", p.First),
                        ($"block{i}_act", p.Activation),
                        ($"block{i}_fc2", p.Second),
                    }
            ),
            ("output", output),
            .. more,
        ];
        return new(
            x =>
            {
                x = stem.call(x);
                foreach ((int i, var part) in parts.Index())
                {
                    Tensor branch = part.Second.call(part.Activation.call(part.First.call(part.Norm.call(x))));
                    x = x + (scale is null ? branch : scale(branch, i));
                }
                return output.call(x);
            },
            members
        );
    }

    /// <summary>Convolutions of a width with an activation, a global mean, and the output.</summary>
    public static Sequential Convolutions(int depth, int width, bool isNormalized = false, int groups = 1)
    {
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        int channels = 3;
        for (int i = 1; i <= depth; i++)
        {
            layers.Add(($"conv{i}", nn.Conv2d(channels, width, 3, padding: 1, groups: i == 1 ? 1 : groups)));
            if (isNormalized)
            {
                layers.Add(($"norm{i}", nn.BatchNorm2d(width)));
            }
            layers.Add(($"act{i}", nn.ReLU()));
            channels = width;
        }
        layers.Add(("mean", nn.AdaptiveAvgPool2d(1)));
        layers.Add(("flatten", nn.Flatten()));
        layers.Add(("output", nn.Linear(width, Classes)));
        return nn.Sequential(layers);
    }

    /// <summary>Blocks of attention and a two-layer network before a mean and the output; with skips and layer norms or without.</summary>
    public static TestModule Transformer(int blocks, bool hasSkips)
    {
        var members = new List<(string, object)>();
        var steps = new List<Func<Tensor, Tensor>>();
        for (int b = 0; b < blocks; b++)
        {
            (LayerNorm norm1, LayerNorm norm2) = (nn.LayerNorm(Width), nn.LayerNorm(Width));
            (Linear q, Linear k, Linear v, Linear o) = (Dense(), Dense(), Dense(), Dense());
            (Linear up, Linear down, GELU act) = (nn.Linear(Width, 2 * Width), nn.Linear(2 * Width, Width), nn.GELU());
            members.AddRange([($"b{b}_q", q), ($"b{b}_k", k), ($"b{b}_v", v), ($"b{b}_o", o)]);
            if (hasSkips)
            {
                members.AddRange([
                    ($"b{b}_norm1", norm1),
                    ($"b{b}_norm2", norm2),
                    ($"b{b}_up", up),
                    ($"b{b}_act", act),
                    ($"b{b}_down", down),
                ]);
            }
            steps.Add(x =>
            {
                Tensor n = hasSkips ? norm1.call(x) : x;
                Tensor weights = nn.functional.softmax(
                    q.call(n).matmul(k.call(n).transpose(1, 2)) / Math.Sqrt(Width),
                    -1
                );
                Tensor mixed = o.call(weights.matmul(v.call(n)));
                if (!hasSkips)
                {
                    return mixed;
                }
                x = x + mixed;
                return x + down.call(act.call(up.call(norm2.call(x))));
            });
        }
        Linear output = nn.Linear(Width, Classes);
        return new(
            x => output.call(steps.Aggregate(x, (h, step) => step(h)).mean([1])),
            [.. members, ("output", output)]
        );

        static Linear Dense() => nn.Linear(Width, Width);
    }
}
