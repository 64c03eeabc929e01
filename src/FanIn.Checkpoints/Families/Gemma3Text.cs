namespace FanIn.Checkpoints;

/// <summary>Gemma 3's language model: as Gemma 2, with a normalization of each head's queries and keys.</summary>
/// <remarks>Gemma Team: Gemma 3 Technical Report, 2025; transformers' Gemma3TextConfig.</remarks>
internal static class Gemma3Text
{
    public static readonly Family Family = new("gemma3_text", c => Of(c).Table(c));

    /// <param name="c">The language model's config.</param>
    /// <param name="isTied">What a config around it says.</param>
    public static Decoder Of(ModelConfig c, bool isTied = true)
    {
        long vocabulary = c.Size("vocab_size", 262_208);
        long hidden = c.Size("hidden_size", 2304);
        long heads = c.Size("num_attention_heads", 8);
        bool attentionBias = c.Flag("attention_bias", false);
        return new("Gemma3", "gemma3_text")
        {
            // Gemma3Model and its classifier have the vision tower.
            BareName = "Gemma3Text",
            Vocabulary = vocabulary,
            Hidden = hidden,
            Intermediate = c.Size("intermediate_size", 9216),
            Layers = c.Count("num_hidden_layers", 26),
            Heads = heads,
            KeyValueHeads = c.SizeOrNull("num_key_value_heads", 4) ?? heads,
            HeadWidth = Decoder.HeadWidthOf(c, hidden, heads, 256),
            IsTied = c.Flag("tie_word_embeddings", isTied),
            Padding = c.Row("pad_token_id", 0, vocabulary),
            HasQueryKeyValueBias = attentionBias,
            HasOutputBias = attentionBias,
            HasHeadNorms = true,
            HasOuterNorms = true,
            Norm = Row.OffsetRmsNorm,
            Deviation = c.Scale("initializer_range", 0.02),
        };
    }
}
