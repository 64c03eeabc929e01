namespace FanIn;

/// <summary>
/// What the projections of a transformer's blocks are called in the usual code: GPT-2, Llama (Meta's and transformers'),
/// OPT, BERT, T5, GPT-NeoX, Falcon, OLMo, torch.nn.TransformerEncoderLayer, timm. Each pattern wants a module around the
/// name, so that a plain network's fc2 isn't meant.
/// </summary>
internal static class ProjectionNames
{
    /// <summary>The projections that write into the residual stream: the attention's output and the MLP's second layer.</summary>
    public static string Residual { get; } =
        Patterns(
            "c_proj",
            "o_proj",
            "out_proj",
            "down_proj",
            "w2",
            "wo",
            "fc2",
            "linear2",
            "output.dense",
            "dense_4h_to_h",
            "attention.dense",
            "self_attention.dense",
            "self_attn.dense",
            "attn.proj",
            "attn_out",
            "SelfAttention.o",
            "EncDecAttention.o"
        ) + "|*.blocks.*.ff_out.*";

    /// <summary>The attention's values: modules of their own, or the block v of a packed matrix.</summary>
    public static string Value { get; } =
        Patterns("v_proj", "value", "wv", "SelfAttention.v", "EncDecAttention.v") + "|*#v";

    /// <summary>The MLP's first layer, and the gate beside it.</summary>
    public static string FeedForward { get; } =
        Patterns(
            "fc1",
            "linear1",
            "up_proj",
            "gate_proj",
            "c_fc",
            "intermediate.dense",
            "dense_h_to_4h",
            "w1",
            "w3",
            "wi",
            "wi_0",
            "wi_1",
            "ff_proj"
        );

    /// <summary>The layer that makes a model's output out of its features.</summary>
    public static string Output { get; } =
        string.Join(
            '|',
            (
                (string[])
                    [
                        "lm_head",
                        "head",
                        "heads.head",
                        "head.fc",
                        "classifier",
                        "embed_out",
                        "fc_out",
                        "readout",
                        "output",
                        "out",
                        "fc",
                    ]
            ).SelectMany(name => (string[])[$"{name}.weight", $"{name}.kernel", $"*.{name}.weight", $"*.{name}.kernel"])
        );

    /// <summary>Patterns for parameters in modules so called, or that are themselves so called (stacked experts).</summary>
    private static string Patterns(params string[] names) =>
        string.Join('|', names.SelectMany(name => (string[])[$"*.{name}.*", $"*.{name}"]));
}
