namespace FanIn.Tests;

/// <summary>Descriptions of the usual model families, with their frameworks' names and shapes.</summary>
internal static class Models
{
    /// <summary>Weights of 4 x 4 and biases of 4, by their names.</summary>
    public static ModelDescription OfNames(params IEnumerable<string> names) =>
        new(
            names.Select(name =>
                name.Contains("bias", StringComparison.Ordinal)
                    ? new ParameterDescription(name, TensorDescription.Plain(4), ParameterRole.Bias)
                    : Weight(name, 4, 4)
            )
        );

    /// <summary>As transformers has it: Conv1D stores [in, out], q, k and v packed; the head is tied.</summary>
    public static ModelDescription Gpt2(int depth, long width, long vocabulary = 500) =>
        new([
            Embedding("transformer.wte.weight", vocabulary, width) with
            {
                Aliases = ["lm_head.weight"],
            },
            Embedding("transformer.wpe.weight", 64, width),
            .. Enumerable.Range(0, depth).SelectMany(i => Gpt2Block($"transformer.h.{i}", width)),
            .. Norm("transformer.ln_f", width),
        ]);

    public static ModelDescription Llama(int depth, long width, long keys, long hidden) =>
        new([
            Embedding("model.embed_tokens.weight", 300, width),
            .. Enumerable
                .Range(0, depth)
                .SelectMany(i =>
                    (ParameterDescription[])
                        [
                            Weight($"model.layers.{i}.self_attn.q_proj.weight", width, width),
                            Weight($"model.layers.{i}.self_attn.k_proj.weight", keys, width),
                            Weight($"model.layers.{i}.self_attn.v_proj.weight", keys, width),
                            Weight($"model.layers.{i}.self_attn.o_proj.weight", width, width),
                            Weight($"model.layers.{i}.mlp.gate_proj.weight", hidden, width),
                            Weight($"model.layers.{i}.mlp.up_proj.weight", hidden, width),
                            Weight($"model.layers.{i}.mlp.down_proj.weight", width, hidden),
                            Scale($"model.layers.{i}.input_layernorm.weight", width),
                            Scale($"model.layers.{i}.post_attention_layernorm.weight", width),
                        ]
                ),
            Scale("model.norm.weight", width),
            Weight("lm_head.weight", 300, width),
        ]);

    /// <summary>torchvision's names.</summary>
    public static ModelDescription ResNet(int[] blocks, bool bottleneck)
    {
        List<ParameterDescription> parameters = [Convolution("conv1.weight", 64, 3, 7), .. Norm("bn1", 64)];
        long inputs = 64;
        foreach ((int stage, int count) in blocks.Index())
        {
            long width = 64L << stage;
            long outputs = bottleneck ? 4 * width : width;
            for (int b = 0; b < count; b++)
            {
                string block = $"layer{stage + 1}.{b}";
                parameters.AddRange([
                    Convolution($"{block}.conv1.weight", width, inputs, bottleneck ? 1 : 3),
                    .. Norm($"{block}.bn1", width),
                    Convolution($"{block}.conv2.weight", width, width, 3),
                    .. Norm($"{block}.bn2", width),
                ]);
                if (bottleneck)
                {
                    parameters.AddRange([
                        Convolution($"{block}.conv3.weight", outputs, width, 1),
                        .. Norm($"{block}.bn3", outputs),
                    ]);
                }
                if (inputs != outputs)
                {
                    parameters.AddRange([
                        Convolution($"{block}.downsample.0.weight", outputs, inputs, 1),
                        .. Norm($"{block}.downsample.1", outputs),
                    ]);
                }
                inputs = outputs;
            }
        }
        return new([.. parameters, Weight("fc.weight", 1000, inputs), Bias("fc.bias", 1000)]);
    }

    /// <summary>timm's names.</summary>
    public static ModelDescription VisionTransformer(int depth, long width) =>
        new([
            Other("cls_token", 1, 1, width),
            Other("pos_embed", 1, 197, width),
            Convolution("patch_embed.proj.weight", width, 3, 16),
            Bias("patch_embed.proj.bias", width),
            .. Enumerable
                .Range(0, depth)
                .SelectMany(i =>
                    (ParameterDescription[])
                        [
                            .. Norm($"blocks.{i}.norm1", width),
                            ParameterDescription.Packed(
                                $"blocks.{i}.attn.qkv.weight",
                                ["q", "k", "v"],
                                TensorDescription.Dense(width, width),
                                ParameterRole.Weight
                            ) with
                            {
                                LayerKind = "Linear",
                            },
                            Bias($"blocks.{i}.attn.qkv.bias", 3 * width),
                            Weight($"blocks.{i}.attn.proj.weight", width, width),
                            Bias($"blocks.{i}.attn.proj.bias", width),
                            .. Norm($"blocks.{i}.norm2", width),
                            Weight($"blocks.{i}.mlp.fc1.weight", 4 * width, width),
                            Bias($"blocks.{i}.mlp.fc1.bias", 4 * width),
                            Weight($"blocks.{i}.mlp.fc2.weight", width, 4 * width),
                            Bias($"blocks.{i}.mlp.fc2.bias", width),
                        ]
                ),
            .. Norm("norm", width),
            Weight("head.weight", 1000, width),
            Bias("head.bias", 1000),
        ]);

    /// <summary>torch's LSTM with a table before it and a projection to the vocabulary behind.</summary>
    public static ModelDescription Lstm(int depth, long width, long hidden) =>
        new([
            Embedding("embedding.weight", 100, width),
            .. Enumerable
                .Range(0, depth)
                .SelectMany(i =>
                    (ParameterDescription[])
                        [
                            Gates($"lstm.weight_ih_l{i}", hidden, i == 0 ? width : hidden),
                            Gates($"lstm.weight_hh_l{i}", hidden, hidden),
                            Bias($"lstm.bias_ih_l{i}", 4 * hidden) with
                            {
                                LayerKind = "LSTM",
                            },
                            Bias($"lstm.bias_hh_l{i}", 4 * hidden) with
                            {
                                LayerKind = "LSTM",
                            },
                        ]
                ),
            Weight("out.weight", 100, hidden),
            Bias("out.bias", 100),
        ]);

    public static ModelDescription Mlp(params long[] sizes) =>
        new(
            sizes
                .Zip(sizes.Skip(1))
                .Index()
                .SelectMany(layer =>
                    (ParameterDescription[])
                        [
                            Weight($"fc{layer.Index + 1}.weight", layer.Item.Second, layer.Item.First),
                            Bias($"fc{layer.Index + 1}.bias", layer.Item.Second),
                        ]
                )
        );

    public static ParameterDescription Weight(string name, long outputs, long inputs) =>
        new(name, TensorDescription.Dense(outputs, inputs), ParameterRole.Weight) { LayerKind = "Linear" };

    public static ParameterDescription Convolution(string name, long outputs, long inputs, long size) =>
        new(name, TensorDescription.Convolution(outputs, inputs, [size, size]), ParameterRole.Weight)
        {
            LayerKind = "Conv2d",
        };

    public static ParameterDescription Bias(string name, long count) =>
        new(name, TensorDescription.Plain(count), ParameterRole.Bias) { LayerKind = "Linear" };

    public static ParameterDescription Embedding(string name, long rows, long width) =>
        new(name, TensorDescription.Embedding(rows, width), ParameterRole.Embedding) { LayerKind = "Embedding" };

    public static ParameterDescription Other(string name, params long[] shape) =>
        new(name, TensorDescription.Plain(shape), ParameterRole.Other);

    public static ParameterDescription Scale(string name, long count) =>
        new(name, TensorDescription.Plain(count), ParameterRole.NormScale) { LayerKind = "Norm" };

    public static ParameterDescription[] Norm(string name, long count) =>
        [
            Scale($"{name}.weight", count),
            new($"{name}.bias", TensorDescription.Plain(count), ParameterRole.NormShift) { LayerKind = "Norm" },
        ];

    private static ParameterDescription[] Gpt2Block(string name, long width) =>
        [
            .. Norm($"{name}.ln_1", width),
            ParameterDescription.Packed(
                $"{name}.attn.c_attn.weight",
                ["q", "k", "v"],
                TensorDescription.Dense(width, width, WeightLayout.Keras),
                ParameterRole.Weight,
                axis: 1
            ),
            Bias($"{name}.attn.c_attn.bias", 3 * width),
            Conv1D($"{name}.attn.c_proj.weight", width, width),
            Bias($"{name}.attn.c_proj.bias", width),
            .. Norm($"{name}.ln_2", width),
            Conv1D($"{name}.mlp.c_fc.weight", 4 * width, width),
            Bias($"{name}.mlp.c_fc.bias", 4 * width),
            Conv1D($"{name}.mlp.c_proj.weight", width, 4 * width),
            Bias($"{name}.mlp.c_proj.bias", width),
        ];

    private static ParameterDescription Conv1D(string name, long outputs, long inputs) =>
        new(name, TensorDescription.Dense(outputs, inputs, WeightLayout.Keras), ParameterRole.Weight)
        {
            LayerKind = "Conv1D",
        };

    private static ParameterDescription Gates(string name, long hidden, long inputs) =>
        ParameterDescription.Packed(
            name,
            ["i", "f", "g", "o"],
            TensorDescription.Dense(hidden, inputs),
            ParameterRole.Weight
        ) with
        {
            LayerKind = "LSTM",
        };
}
