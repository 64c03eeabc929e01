namespace FanIn.Checkpoints;

/// <summary>Qwen 2 and 2.5: the decoders' template with biases of queries, keys and values.</summary>
/// <remarks>Yang et al.: Qwen2 Technical Report, 2024; transformers' Qwen2Config.</remarks>
internal static class Qwen2
{
    public static readonly Family Family = new(
        "qwen2",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 151_936);
            long hidden = c.Size("hidden_size", 4096);
            long heads = c.Size("num_attention_heads", 32);
            return new Decoder("Qwen2", "qwen2")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = c.Size("intermediate_size", 22_016),
                Layers = c.Count("num_hidden_layers", 32),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", 32) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads),
                IsTied = c.Flag("tie_word_embeddings", false),
                Padding = c.Row("pad_token_id", null, vocabulary),
                HasQueryKeyValueBias = true,
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
