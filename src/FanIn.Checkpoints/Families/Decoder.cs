using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// The template that the decoders share: Llama's. Of each block attention with grouped keys and values, a gated MLP and
/// a normalization before each; biases and further normalizations where a family has them. All weights and embeddings
/// N(0, initializer_range^2), whatever the depth.
/// </summary>
/// <param name="Name">The classes' prefix: <c>Llama</c> of <c>LlamaForCausalLM</c>.</param>
/// <param name="ModelType">The family's name.</param>
internal sealed record Decoder(string Name, string ModelType)
{
    /// <summary>The prefix of the classes without a language model's head, where it is another.</summary>
    public string BareName { get; init; } = Name;

    public required long Vocabulary { get; init; }

    public required long Hidden { get; init; }

    public required long Intermediate { get; init; }

    public required long Layers { get; init; }

    public required long Heads { get; init; }

    public required long KeyValueHeads { get; init; }

    public required long HeadWidth { get; init; }

    public required bool IsTied { get; init; }

    public long? Padding { get; init; }

    public bool HasQueryKeyValueBias { get; init; }

    public bool HasOutputBias { get; init; }

    public bool HasMlpBias { get; init; }

    /// <summary>A normalization by this of each head's queries and keys.</summary>
    public bool HasHeadNorms { get; init; }

    /// <summary>Normalizations behind attention and MLP too.</summary>
    public bool HasOuterNorms { get; init; }

    /// <summary>The family's normalization, by name and width.</summary>
    public Func<string, long, Row> Norm { get; init; } = Row.RmsNorm;

    /// <summary>What stands in the MLP's place; null for the gated one.</summary>
    public Row? FeedForward { get; init; }

    public required double Deviation { get; init; }

    /// <summary>The width of a head: <c>head_dim</c>, or where that is null or missing the model's over the heads.</summary>
    /// <exception cref="ModelConfigException">The heads don't divide the width.</exception>
    public static long HeadWidthOf(ModelConfig config, long hidden, long heads, long? byDefault = null) =>
        config.SizeOrNull("head_dim", byDefault)
        ?? (
            hidden >= heads
                ? hidden / heads
                : throw config.Fault(
                    "num_attention_heads",
                    $"is {heads}, more than hidden_size {hidden} can be divided among; give a head_dim"
                )
        );

    public FamilyTable Table(ModelConfig config)
    {
        string causal = $"{Name}ForCausalLM";
        string bare = $"{BareName}Model";
        string classifier = $"{BareName}ForSequenceClassification";
        string architecture = config.Architecture(causal, [causal, bare, classifier]);
        return new(
            architecture,
            [
                Row.Within(architecture == bare ? "" : "model", [.. Body(architecture == causal)]),
                Row.If(architecture == causal && !IsTied, Row.Linear("lm_head", Vocabulary, Hidden, bias: false)),
                // Past the labels of a model that isn't one, which are two by default, nothing reads them.
                architecture == classifier
                    ? Row.Linear("score", config.Labels(), Hidden, bias: false)
                    : Row.If(false),
            ],
            FamilyRecipe.Normal(ModelType, Deviation)
        );
    }

    /// <summary>The model without its head.</summary>
    public ImmutableArray<Row> Body(bool hasHead, string head = "lm_head.weight") =>
        [
            Row.Embedding("embed_tokens", Vocabulary, Hidden, Padding, IsTied && hasHead ? [head] : []),
            Row.Layers(
                "layers.{i}",
                Layers,
                Row.Within(
                    "self_attn",
                    Row.Linear("q_proj", Heads * HeadWidth, Hidden, HasQueryKeyValueBias),
                    Row.Linear("k_proj", KeyValueHeads * HeadWidth, Hidden, HasQueryKeyValueBias),
                    Row.Linear("v_proj", KeyValueHeads * HeadWidth, Hidden, HasQueryKeyValueBias),
                    Row.Linear("o_proj", Hidden, Heads * HeadWidth, HasOutputBias),
                    Row.If(HasHeadNorms, Norm("q_norm", HeadWidth), Norm("k_norm", HeadWidth))
                ),
                FeedForward
                    ?? Row.Within(
                        "mlp",
                        Row.Linear("gate_proj", Intermediate, Hidden, HasMlpBias),
                        Row.Linear("up_proj", Intermediate, Hidden, HasMlpBias),
                        Row.Linear("down_proj", Hidden, Intermediate, HasMlpBias)
                    ),
                Norm("input_layernorm", Hidden),
                Norm("post_attention_layernorm", Hidden),
                Row.If(
                    HasOuterNorms,
                    Norm("pre_feedforward_layernorm", Hidden),
                    Norm("post_feedforward_layernorm", Hidden)
                )
            ),
            Norm("norm", Hidden),
        ];
}
