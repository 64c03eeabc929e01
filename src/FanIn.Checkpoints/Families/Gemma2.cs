namespace FanIn.Checkpoints;

/// <summary>Gemma 2: as Gemma, with normalizations behind attention and MLP too.</summary>
/// <remarks>Gemma Team: Gemma 2, 2024; transformers' Gemma2Config.</remarks>
internal static class Gemma2
{
    public static readonly Family Family = new(
        "gemma2",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 256_000);
            long hidden = c.Size("hidden_size", 2304);
            long heads = c.Size("num_attention_heads", 8);
            bool attentionBias = c.Flag("attention_bias", false);
            return new Decoder("Gemma2", "gemma2")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = c.Size("intermediate_size", 9216),
                Layers = c.Count("num_hidden_layers", 26),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", 4) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads, 256),
                IsTied = c.Flag("tie_word_embeddings", true),
                Padding = c.Row("pad_token_id", 0, vocabulary),
                HasQueryKeyValueBias = attentionBias,
                HasOutputBias = attentionBias,
                HasOuterNorms = true,
                Norm = Row.OffsetRmsNorm,
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
