namespace FanIn.Checkpoints;

/// <summary>
/// Qwen 3: the decoders' template with a normalization of each head's queries and keys; a head is 128 wide, whatever the
/// model's width.
/// </summary>
/// <remarks>Yang et al.: Qwen3 Technical Report, 2025; transformers' Qwen3Config.</remarks>
internal static class Qwen3
{
    public static readonly Family Family = new(
        "qwen3",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 151_936);
            long hidden = c.Size("hidden_size", 4096);
            long heads = c.Size("num_attention_heads", 32);
            bool attentionBias = c.Flag("attention_bias", false);
            return new Decoder("Qwen3", "qwen3")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = c.Size("intermediate_size", 22_016),
                Layers = c.Count("num_hidden_layers", 32),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", 32) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads, 128),
                IsTied = c.Flag("tie_word_embeddings", false),
                Padding = c.Row("pad_token_id", null, vocabulary),
                HasQueryKeyValueBias = attentionBias,
                HasOutputBias = attentionBias,
                HasHeadNorms = true,
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
