namespace FanIn.Checkpoints;

/// <summary>
/// Mixtral: Mistral's attention, and experts instead of one MLP, each stored apart under the names that are on disk in
/// every version (a running model may stack them).
/// </summary>
/// <remarks>Jiang et al.: Mixtral of Experts, 2024; transformers' MixtralConfig.</remarks>
internal static class Mixtral
{
    public static readonly Family Family = new(
        "mixtral",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 32_000);
            long hidden = c.Size("hidden_size", 4096);
            long intermediate = c.Size("intermediate_size", 14_336);
            long heads = c.Size("num_attention_heads", 32);
            long experts = c.Count("num_local_experts|num_experts", 8);
            return new Decoder("Mixtral", "mixtral")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = intermediate,
                Layers = c.Count("num_hidden_layers", 32),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", 8) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads),
                IsTied = c.Flag("tie_word_embeddings", false),
                Padding = c.Row("pad_token_id", null, vocabulary),
                FeedForward = Row.Within(
                    "block_sparse_moe",
                    Row.Linear("gate", experts, hidden, bias: false),
                    Row.Layers(
                        "experts.{i}",
                        experts,
                        Row.Linear("w1", intermediate, hidden, bias: false),
                        Row.Linear("w2", hidden, intermediate, bias: false),
                        Row.Linear("w3", intermediate, hidden, bias: false)
                    )
                ),
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
